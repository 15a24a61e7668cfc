"""The system checks find a provider whose switch is no column of Connection."""

from dataclasses import replace

from integrations.checks import provider_switches_exist
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
