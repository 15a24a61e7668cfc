"""Events that come late, or after younger ones: none takes back what FlexSync knows by another way."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.inbox import processing
from integrations.inbox.context import LOOKED_AT
from integrations.models import Conflict, EntityMapping
from integrations.providers.stripe.testing import store_signed
from integrations.providers.stripe.tests.money.moving_clock import moving_clock

pytestmark = pytest.mark.django_db


def conflicts():
    return [(one.field, one.ours, one.theirs, one.winner) for one in Conflict.objects.order_by("id")]


def is_own(event):
    return event["request"]["idempotency_key"].startswith("flexsync-")


def own_last(events):
    """Those of persons, then those of FlexSync's calls; both the latest first."""
    return sorted(events, key=is_own)


def test_one_from_before_a_call_whose_answer_was_lost_but_whose_event_has_come(both, simulator):
    both.edit_there(phone="+15550100")
    both.edit_here(name="ours")
    simulator.faults.add("customers.update", "reset_after")
    assert both.push() == "sending"
    both.hear(list)
    both.settle()
    assert both.here("name", "phone") == both.there("name", "phone") == ["ours", "+15550100"]


def test_what_a_call_replaced_does_not_return_over_what_a_later_one_replaced(both):
    both.owned_by("provider")
    for ours, theirs in (("ours", "theirs"), ("ours later", "theirs later")):
        both.edit_there(name=theirs)
        both.edit_here(name=ours)
        both.push()
    both.hear(own_last)
    both.settle()
    assert both.here("name") == both.there("name") == ["theirs later"]
    assert conflicts() == [
        ("name", "ours later", "theirs later", "provider"), ("name", "ours", "theirs", "flexsync"),
    ]  # fmt: skip


@pytest.mark.parametrize("order", [reversed, own_last])
def test_the_same_value_that_two_calls_replaced_was_set_twice(both, order):
    """The first is over by the time its event is applied; the second is not, though it is the same value."""
    both.owned_by("provider")
    for ours in ("ours", "ours later"):
        time.sleep(1.1)
        both.edit_there(name="theirs")
        both.edit_here(name=ours)
        both.push()
    both.hear_at_once(order)
    both.settle()
    assert both.here("name") == both.there("name") == ["theirs"]
    assert sorted(conflicts()) == [
        ("name", "ours", "theirs", "flexsync"), ("name", "ours later", "theirs", "provider"),
    ]  # fmt: skip
    processing.replay(list(both.connection.inbound_events.values_list("pk", flat=True)), timezone.now())
    both.settle()
    assert len(conflicts()) == 2


def persons_only(events):
    """Those of FlexSync's calls never come."""
    return [event for event in events if not is_own(event)]


@pytest.mark.parametrize("order", [own_last, persons_only])
@pytest.mark.parametrize("owner", ["flexsync", "provider"])
def test_one_that_sets_back_what_a_call_without_an_answer_had_set(both, simulator, owner, order):
    """It shows what FlexSync knows; the event of the call, or its repetition, tells that it came later."""
    both.owned_by(owner)
    (before,) = both.here("name")
    both.edit_here(name="ours")
    simulator.faults.add("customers.update", "reset_after")
    assert both.push() == "sending"
    both.edit_there(name=before)
    both.hear(order)
    both.settle()
    assert both.here("name") == both.there("name") == [before] and conflicts() == []


def own_first(events):
    """Those of FlexSync's calls, then those of persons."""
    return own_last(events)[::-1]


def test_one_that_tells_when_a_field_was_changed_after_the_event_of_a_later_call(both, simulator):
    """The first event is newer than the other, which is stale by then, and alone could not tell it."""
    both.owned_by("newest")
    both.edit_here(phone="+15550100")
    simulator.faults.add("customers.update", "reset_after")
    assert both.push() == "sending"
    both.edit_there(name="theirs")
    time.sleep(1.1)
    both.edit_here(name="ours", phone="+15550101")
    both.push_again(timezone.now() + timedelta(hours=1))
    assert both.here("name") != both.there("name")
    both.hear(own_first)
    both.settle()
    assert both.here("name") == both.there("name") == ["ours"]
    assert conflicts() == [("name", "ours", "theirs", "flexsync")]


def test_a_tie_ends_where_both_sides_change_the_field_to_the_same(tie):
    tie.edit_there(email="agreed@x.com")
    tie.edit_here(email="agreed@x.com")
    tie.hear()
    assert Conflict.objects.get().winner == "provider"


@pytest.fixture
def long_ago(both):
    """FlexSync's calls about the customer are not of this minute."""
    mapping = EntityMapping.objects.get(entity_id=both.customer.pk)
    mapping.metadata.pop(LOOKED_AT, None)
    mapping.sent_at = timezone.now() - timedelta(hours=1)
    mapping.save()


def test_those_that_had_come_before_another_has_read_the_object(both, long_ago, stripe_api):
    """The first two are of one second, so that the object is read; the third shows what was over by then."""
    both.owned_by("provider")
    both.edit_here(phone="+1555")
    time.sleep(1 - time.time() % 1)
    both.edit_there(email="a@example.com")
    both.edit_there(email="b@example.com")
    for phone in ("+4930", both.there("phone")[0]):
        time.sleep(1.1)
        both.edit_there(phone=phone)
    late = [event.to_dict() for event in stripe_api.v1.events.list({"limit": 4}).data]
    for row_id in [store_signed(both.connection, event, timezone.now()) for event in reversed(late)]:
        processing.process(row_id, timezone.now())
    assert both.here("email", "phone") == ["b@example.com", "+1555"] and conflicts() == []
    both.push()
    assert both.there("email", "phone") == ["b@example.com", "+1555"]


def test_what_calls_have_sent_along_is_no_conflict_though_it_was_replaced_twice(both):
    both.owned_by("flexsync")
    for changes in ({"city": "Wien"}, {"postal_code": "1010"}):
        time.sleep(1.1)
        both.edit_there(address={**both.there("address")[0], "line1": "There Street"})
        both.edit_here(**{f"address_{part}": value for part, value in changes.items()})
        both.push()
    both.hear_at_once(list)
    both.settle()
    [address] = both.there("address")
    assert (address["line1"], address["city"], address["postal_code"]) == ("There Street", "Wien", "1010")
    assert both.here("address_line1") == ["There Street"] and conflicts() == []


def test_what_a_call_has_only_sent_along_did_not_meet_what_it_replaced(both):
    """Also where a later call has set the field, over another edit."""
    both.owned_by("flexsync")
    for value, changes in (("There", {"address_city": "Wien"}), ("Other", {"address_line1": "Here"})):
        both.edit_there(address={**both.there("address")[0], "line1": value})
        both.edit_here(**changes)
        both.push()
    both.hear_at_once(list)
    both.settle()
    assert both.there("address")[0]["line1"] == "Here"
    assert conflicts() == [("address.line1", "Here", "Other", "flexsync")]


@pytest.fixture
def clock(simulator):
    """At the beginning of a second."""
    with moving_clock(simulator) as clock:
        clock.wait(1 - time.time() % 1)
        yield clock


@pytest.mark.parametrize(("owner", "seconds"), [("provider", 1), ("provider", 0), ("newest", 0)])
def test_what_a_call_replaced_is_past_where_a_person_has_set_there_what_a_later_call_sets(
    both, clock, owner, seconds
):
    """Also within the second of the first call, of which the events have no order."""
    both.owned_by(owner)
    both.edit_there(name="theirs")
    both.edit_here(name="ours")
    both.push()
    clock.wait(seconds)
    both.edit_here(name="same")
    both.edit_there(name="same")
    both.push()
    both.hear_at_once(list)
    both.settle()
    assert both.there("name") == both.here("name") == ["same"]
    assert conflicts() == [("name", "ours", "theirs", "flexsync")]


def test_what_a_call_without_an_answer_sets_is_the_calls_where_a_person_there_sets_it_too(both, simulator):
    both.owned_by("provider")
    both.edit_here(name="same")
    simulator.faults.add("customers.update", "reset_before")
    assert both.push() == "sending"
    both.edit_there(name="same")
    both.edit_here(name="ours")
    both.hear()
    both.settle()
    assert both.there("name") == both.here("name") == ["ours"] and conflicts() == []


def test_what_such_a_call_has_set_is_a_persons_after_its_event_and_another_edit(both, simulator):
    both.owned_by("provider")
    both.edit_here(name="same")
    simulator.faults.add("customers.update", "reset_after")
    assert both.push() == "sending"
    both.hear()
    both.edit_there(name="theirs")
    both.hear()
    assert both.here("name") == ["theirs"]
    both.edit_here(name="ours")
    both.edit_there(name="same")
    both.hear()
    both.settle()
    assert both.there("name") == both.here("name") == ["same"]
    assert conflicts() == [("name", "ours", "same", "provider")]


@pytest.mark.parametrize(("side", "wins"), [("there", "provider"), ("here", "flexsync")])
def test_what_a_side_sets_back_after_a_look_has_shown_a_conflict_is_its_latest_edit(
    both, clock, simulator, side, wins
):
    """The conflict waits for the event that tells when it was edited there: the base alone shows one edit."""
    both.owned_by("newest")
    (before,) = both.here("name")
    both.edit_here(phone="+15550100")
    simulator.faults.add("customers.update", "reset_after")
    assert both.push() == "sending"
    both.edit_here(name="ours")
    both.edit_there(name="theirs")
    both.push_again(timezone.now() + timedelta(hours=1))
    assert (both.here("name"), both.there("name")) == (["ours"], ["theirs"])
    clock.wait(2)
    {"here": both.edit_here, "there": both.edit_there}[side](name=before)
    both.hear(own_last)
    both.settle()
    assert both.here("name") == both.there("name") == [before]
    ours, theirs = {"here": (before, "theirs"), "there": ("ours", before)}[side]
    assert conflicts() == [("name", ours, theirs, wins)]


def test_what_a_call_replaced_is_written_down_where_its_event_and_a_later_one_are_applied_together(
    both, clock
):
    both.owned_by("flexsync")
    both.edit_there(name="theirs")
    both.edit_here(name="ours")
    both.push()
    clock.wait(90)
    both.edit_there(phone="+15550100")
    for event in both.coming():
        store_signed(both.connection, event, timezone.now())
    processing.process_due(timezone.now(), 3)
    both.settle()
    assert both.here("name", "phone") == both.there("name", "phone") == ["ours", "+15550100"]
    assert conflicts() == [("name", "ours", "theirs", "flexsync")]
