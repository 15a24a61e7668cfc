"""The route table and the golden events cover each other; one option writes the events again."""

from pathlib import Path

import pytest

from integrations.providers.stripe.provider import PROVIDER, PUSHES, ROUTES
from integrations.providers.stripe.testing import event_type, golden, golden_names
from integrations.providers.stripe.tests import golden_story
from integrations.providers.stripe.tests.golden_recording import Recorder
from stripe_simulator.testing import SimulatorServer


@pytest.fixture(scope="session", autouse=True)
def regenerated(request):
    """Writes the golden events again when pytest has --regenerate-golden."""
    if request.config.getoption("--regenerate-golden", default=False):
        with SimulatorServer(seed=1) as simulator:
            recorder = Recorder(simulator)
            golden_story.play(recorder)
            recorder.write()


def test_every_route_has_a_golden_event():
    assert {event_type(name) for name in golden_names()} == set(ROUTES)


def test_every_golden_event_is_what_its_name_says():
    for name in golden_names():
        assert golden(name)["type"] == event_type(name)


def test_every_golden_event_has_a_test():
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_golden_*.py"))
    assert [name for name in golden_names() if f'"{name}"' not in tests] == []


def test_every_push_and_route_names_a_switch_that_exists():
    from integrations.models.connections import SWITCHES

    named = {route.switch for route in ROUTES.values()} | {push.switch for push in PUSHES.values()}
    assert named - {None} <= set(SWITCHES)


def test_aliases_lead_to_routes():
    assert set(PROVIDER.aliases.values()) <= set(ROUTES) and not set(PROVIDER.aliases) & set(ROUTES)
