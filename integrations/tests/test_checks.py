"""A provider that names a switch which no connection has is found before anything runs."""

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
        error.msg == "acme: person.changed names the switch 'moon_inbound_enabled', which no connection has"
    )


def test_is_content_with_what_is_there(server):
    assert provider_switches_exist() == []
