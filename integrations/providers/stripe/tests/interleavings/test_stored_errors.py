"""Stripe keeps an error under a call's key: what another has edited since is not overwritten unseen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.inbox import processing
from integrations.models import Conflict, InboundEvent
from integrations.providers.stripe.testing import receive_signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def after_the_error(both, simulator):
    """Edits the name here, fails as ``effect`` says, edits it at Stripe, and delivers everything.

    ``is_look_first``: FlexSync tries again before any event has come.
    """

    def deliver(effect, owner, *, is_look_first=False):
        both.owned_by(owner)
        both.edit_here(name="ours")
        simulator.faults.add("customers.update", effect)
        assert both.push() == "sending"
        both.edit_there(name="theirs", email="theirs@example.com")
        both.edit_here(address_city="Bonn")
        if is_look_first:
            both.push_again(timezone.now() + timedelta(hours=1))
        both.settle()
        return both.there("name", "email")

    return deliver


def conflicts():
    return [(one.field, one.ours, one.theirs, one.winner) for one in Conflict.objects.all()]


@pytest.mark.parametrize("is_look_first", [False, True])
@pytest.mark.parametrize("owner", ["flexsync", "provider", "newest"])
def test_an_edit_that_follows_a_call_that_was_carried_out_is_the_later_one(
    both, after_the_error, owner, is_look_first
):
    assert after_the_error("500_after", owner, is_look_first=is_look_first) == [
        "theirs",
        "theirs@example.com",
    ]
    assert both.here("name", "email", "address_city") == ["theirs", "theirs@example.com", "Bonn"]
    assert conflicts() == []


@pytest.mark.parametrize("is_look_first", [False, True])
@pytest.mark.parametrize(("owner", "value"), [("flexsync", "ours"), ("provider", "theirs")])
def test_an_edit_that_a_call_has_not_met_is_a_conflict(both, after_the_error, owner, value, is_look_first):
    assert after_the_error("500_before", owner, is_look_first=is_look_first) == [value, "theirs@example.com"]
    assert both.here("name", "email") == [value, "theirs@example.com"]
    assert conflicts() == [("name", "ours", "theirs", owner)]


def test_a_call_that_was_carried_out_is_not_made_again(both, simulator):
    both.edit_here(name="ours")
    simulator.faults.add("customers.update", "500_after")
    both.push()
    both.settle()
    made = [one for one in simulator.requests() if one["operation"] == "customers.update"]
    assert both.there("name") == ["ours"]
    assert len({one["idempotency_key"] for one in made}) == 1


@pytest.fixture
def set_back(both, simulator):
    """A call is carried out, but answered with an error, and a person sets the old value back there.

    FlexSync looks before it hears of any of that, ``later``: with another edit of its own.
    """

    def deliver(owner, later=None, order=reversed):
        both.owned_by(owner)
        [before] = both.there("name")
        both.edit_here(name="ours")
        simulator.faults.add("customers.update", "500_after")
        assert both.push() == "sending"
        both.edit_there(name=before)
        if later:
            both.edit_here(name=later)
        both.push_again(timezone.now() + timedelta(hours=1))
        assert both.there("name") == [later or "ours"]
        both.hear(order)
        both.settle()
        return before

    return deliver


@pytest.mark.parametrize("order", [reversed, list])
@pytest.mark.parametrize("owner", ["flexsync", "provider", "newest"])
def test_what_a_person_has_set_back_goes_back(both, set_back, owner, order):
    before = set_back(owner, order=order)
    assert both.there("name") == [before] and both.here("name") == [before]
    assert conflicts() == []
    processing.replay(list(InboundEvent.objects.values_list("pk", flat=True)), timezone.now())
    both.settle()
    assert both.there("name") == [before] and both.here("name") == [before]
    assert conflicts() == []


@pytest.mark.parametrize("order", [reversed, list])
@pytest.mark.parametrize("owner", ["flexsync", "provider"])
def test_what_a_person_has_set_back_conflicts_with_an_edit_since(both, set_back, owner, order):
    before = set_back(owner, later="newer", order=order)
    wins = {"flexsync": "newer", "provider": before}[owner]
    assert both.there("name") == [wins] and both.here("name") == [wins]
    assert conflicts() == [("name", "newer", before, owner)]


@pytest.fixture
def seen(both, simulator):
    """A call replaces an edit unseen, and is answered with an error; FlexSync looks and sees what it has set.

    Then a person sets the old value back there, which FlexSync hears before the event of the call.
    """
    both.owned_by("provider")
    [before] = both.there("name")
    both.edit_there(name="theirs")
    both.edit_here(name="ours")
    simulator.faults.add("customers.update", "500_after")
    assert both.push() == "sending"
    both.push_again(timezone.now() + timedelta(hours=1))
    both.edit_there(name=before)
    events = both.coming()
    assert [event["data"]["object"]["name"] for event in events] == [before, "ours", "theirs"]
    receive_signed(both.connection, events.pop(0))
    assert both.here("name") == [before]
    return both, before, events


def test_what_a_call_has_replaced_is_written_down_after_both_were_set_back(seen):
    both, before, events = seen
    for event in events:
        receive_signed(both.connection, event)
    both.settle()
    assert both.there("name") == both.here("name") == [before]
    assert conflicts() == [("name", "ours", "theirs", "flexsync")]


def test_who_edits_here_after_that_knows_what_was_set_back(seen):
    both, _, events = seen
    both.edit_here(name="newer")
    for event in events:
        receive_signed(both.connection, event)
    both.settle()
    assert both.there("name") == both.here("name") == ["newer"]
    assert conflicts() == [("name", "ours", "theirs", "flexsync")]
