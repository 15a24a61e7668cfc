"""Two writers of one customer: different fields both win; the same field is a conflict, written down."""

from itertools import permutations

import pytest

from integrations.models import Conflict

pytestmark = pytest.mark.django_db


def conflicts():
    return [(one.field, one.ours, one.theirs, one.winner) for one in Conflict.objects.order_by("id")]


@pytest.mark.parametrize("order", list(permutations(["here", "there", "push", "hear"])))
def test_different_fields_both_win_in_every_order(both, order):
    steps = {
        "here": lambda: both.edit_here(email="new@example.com"),
        "there": lambda: both.edit_there(phone="+15550100"),
        "push": both.push,
        "hear": both.hear,
    }
    for step in order:
        steps[step]()
    both.push()
    both.hear()
    both.push()
    assert both.here("email", "phone") == ["new@example.com", "+15550100"]
    assert both.there("email", "phone") == ["new@example.com", "+15550100"]
    assert conflicts() == []


@pytest.mark.parametrize(("owner", "winner"), [("flexsync", "here@x.com"), ("provider", "there@x.com")])
@pytest.mark.parametrize("order", list(permutations(["push", "hear"])))
def test_of_the_same_field_the_owner_s_value_stays(both, owner, winner, order):
    both.owned_by(owner)
    both.edit_there(email="there@x.com")
    both.edit_here(email="here@x.com")
    for step in order:
        getattr(both, step)()
    both.push()
    both.hear()
    assert both.here("email") == both.there("email") == [winner]
    assert conflicts() == [("email", "here@x.com", "there@x.com", owner)]


def test_what_another_changed_comes_here_with_the_answer_to_our_call(both):
    both.edit_there(phone="+15550100")
    both.edit_here(email="new@example.com")
    both.push()
    assert both.here("phone") == ["+15550100"], "no event has arrived"


def test_a_change_that_our_call_replaced_unseen_is_written_down(both):
    both.owned_by("flexsync")
    both.edit_there(email="there@x.com")
    both.edit_here(email="here@x.com")
    both.push()
    assert conflicts() == [], "nothing shows yet what was replaced"
    both.hear()
    assert conflicts() == [("email", "here@x.com", "there@x.com", "flexsync")]


def test_no_echo_causes_a_call(both, simulator):
    both.edit_here(email="here@x.com")
    both.push()
    before = len(simulator.requests())
    states = [event.state for event in both.hear()]
    assert states == ["ignored"] and both.push() == "done"
    assert len(simulator.requests()) == before + 1, "that is the list of events"


def test_the_answer_to_a_call_is_not_trusted_where_it_was_lost(both, simulator):
    both.edit_here(email="here@x.com")
    simulator.faults.add("customers.update", "reset_after")
    assert both.push() == "sending"
    both.edit_there(email="there@x.com", phone="+15550100")
    both.owned_by("provider")
    both.push()
    both.hear()
    both.push()
    assert both.here("email", "phone") == both.there("email", "phone") == ["there@x.com", "+15550100"]


def test_a_tie_stays_open_until_a_side_changes_again(tie):
    both, conflict = tie, Conflict.objects
    both.push()
    assert (both.here("email"), both.there("email")) == (["here@x.com"], ["there@x.com"])
    both.edit_here(email="decided@x.com")
    both.push()
    assert both.there("email") == ["decided@x.com"]
    assert conflict.get().winner == "flexsync"


def test_what_cannot_be_held_is_never_written_back(both):
    address = {"line1": "x" * 300, "country": "United Kingdom"}
    both.edit_there(name="n" * 256, address=address, preferred_locales=["de-AT", "fr"])
    both.hear()
    both.edit_here(phone="+15550100")
    both.push()
    both.edit_here(address_city="Wien")
    both.push()
    name, found, locales, phone = both.there("name", "address", "preferred_locales", "phone")
    assert (name, locales, phone) == ("n" * 256, ["de-AT", "fr"], "+15550100")
    assert (found["line1"], found["country"], found["city"]) == ("x" * 300, "United Kingdom", "Wien")


def test_an_update_that_needs_no_metadata_sends_none(both, simulator):
    both.edit_there(metadata={f"key{number}": "v" for number in range(46)})
    both.hear()
    both.edit_here(email="new@example.com")
    both.push()
    assert both.there("email") == ["new@example.com"]
