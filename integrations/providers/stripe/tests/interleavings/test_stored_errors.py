"""Stripe keeps an error under a call's key: what another has edited since is not overwritten unseen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.models import Conflict

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
