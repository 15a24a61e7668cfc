"""The system checks find a switch that is no column of Connection, and secrets that no key opens."""

from dataclasses import replace

from cryptography.fernet import Fernet

from integrations.checks import provider_switches_exist, stored_secrets_open
from integrations.provider_api import Route
from integrations.testing import registered
from integrations.tests import acme
from integrations.tests.acme_server import Server


def test_names_the_wrong_switch(tmp_path):
    wrong = {"person.changed": Route(acme.on_person, switch="moon_inbound_enabled")}
    with registered(replace(acme.provider(Server(str(tmp_path))), routes=wrong)):
        [error] = provider_switches_exist()
    assert (
        error.msg
        == "acme: person.changed has the switch 'moon_inbound_enabled', which is no column of Connection"
    )


def test_accepts_the_known_switches(server):
    assert provider_switches_exist() == []


def test_names_the_secrets_that_no_key_opens(connection, settings):
    assert stored_secrets_open(databases=["default"]) == []
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    assert [(warning.id, warning.msg) for warning in stored_secrets_open(databases=["default"])] == [
        (
            "integrations.W001",
            f'None of CREDENTIAL_KEYS opens {what} of connection "Test acme" ({connection.pk})',
        )
        for what in ("the credentials", "the signing secret ****tion")
    ]
    assert stored_secrets_open() == []
