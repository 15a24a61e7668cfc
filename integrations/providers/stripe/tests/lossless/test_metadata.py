"""Keys of others fill an object's metadata: FlexSync's updates go through, and none of theirs is lost."""

import pytest
from django.utils import timezone

from integrations.mappings.differences import differences, with_conflicts
from integrations.models import EntityMapping
from integrations.providers.stripe.testing import receive_signed
from integrations.providers.stripe.translate.metadata import NO_ROOM

pytestmark = pytest.mark.django_db


def keys(count, value="v"):
    return {f"key{number}": value for number in range(count)}


@pytest.fixture
def full(customer_pair):
    """49 keys of others, and none of FlexSync's: those were removed at Stripe."""
    own = dict.fromkeys(customer_pair.there()["metadata"], "")
    customer_pair.edit_there(metadata=own | keys(49))
    customer_pair.hear()
    return customer_pair


def sent(simulator):
    """The parameters of the last update."""
    return [call["params"] for call in simulator.requests("customers.update")][-1]


def test_an_update_that_needs_no_key_sends_none(simulator, full):
    full.edit_here(email="a@example.com")
    assert full.push() == "done"
    assert full.there()["email"] == "a@example.com" and full.there()["metadata"] == keys(49)
    assert "metadata" not in sent(simulator)


def test_one_more_key_still_fits(full):
    full.edit_here(metadata=keys(49) | {"one": "more"})
    assert full.push() == "done"
    assert full.there()["metadata"] == keys(49) | {"one": "more"}


def test_a_key_that_is_only_changed_needs_no_room(full):
    full.edit_there(metadata={"theirs": "x"})
    full.hear()
    full.edit_here(metadata=keys(49, "w") | {"theirs": "x"})
    assert full.push() == "done"
    assert full.there()["metadata"] == keys(49, "w") | {"theirs": "x"}


def test_keys_without_room_at_stripe_are_left_out_with_what_to_do(full):
    full.edit_there(metadata={"theirs": "x"})
    full.edit_here(metadata=keys(49) | {"one": "more"}, email="a@example.com")
    assert full.push() == "done"
    assert full.there()["email"] == "a@example.com" and "one" not in full.there()["metadata"]
    [mapping] = with_conflicts(EntityMapping.objects.filter(entity_id=full.row.pk))
    assert ("metadata.one", NO_ROOM) in [(one.field, one.reason) for one in differences(mapping)]
    full.edit_there(metadata={"key0": ""})
    full.hear()
    full.go_on(timezone.now())
    assert full.there()["metadata"].keys() == keys(49).keys() - {"key0"} | {"one", "theirs"}


def test_the_external_id_gives_way_where_there_is_no_room(full):
    full.edit_there(metadata={"theirs": "x"})
    full.hear()
    full.edit_here(external_id="crm-2", email="a@example.com")
    assert full.push() == "done"
    assert full.there()["email"] == "a@example.com"
    assert full.there()["metadata"] == keys(49) | {"theirs": "x"}


def test_more_keys_than_a_row_holds_are_no_error(customer_pair):
    """Each side gets 30 of its own before it hears of the other's."""
    here = {f"here{number}": "v" for number in range(30)}
    customer_pair.edit_here(metadata=here)
    customer_pair.edit_there(metadata=keys(20))
    customer_pair.hear()
    assert len(customer_pair.here("metadata")[0]) == 50
    customer_pair.edit_there(metadata=keys(30) | dict.fromkeys(("tier",), ""))
    assert {event.state for event in customer_pair.hear()} == {"applied"}
    [held] = customer_pair.here("metadata")
    assert held.keys() >= here.keys() | keys(20).keys() and len(held) == 50


def later(pair, metadata):
    """An event as of a change that a person makes some minutes from now."""
    event = pair.api.v1.events.list({"limit": 1}).data[0].to_dict()
    event["data"]["object"]["metadata"] = metadata
    nobody = {"id": None, "idempotency_key": None}
    changed = {"id": "evt_later", "type": "customer.updated", "created": event["created"] + 300}
    return event | changed | {"request": nobody}


def test_a_value_that_is_no_text_is_refused_once_and_named(customer_pair):
    row = receive_signed(customer_pair.connection, later(customer_pair, {"external_id": 42}))
    assert (row.state, row.attempts) == ("dead", 1)
    assert "external_id of metadata is 42, not text" in row.reason


def test_a_value_with_nul_stays_stripe_s(customer_pair):
    known = customer_pair.there()["metadata"]
    event = later(customer_pair, known | {"odd": "a\0b", "tier": "new"})
    assert receive_signed(customer_pair.connection, event).state == "applied"
    assert customer_pair.here("metadata") == [{"tier": "new"}]
    assert EntityMapping.objects.get(entity_id=customer_pair.row.pk).metadata["apart"] == {
        "metadata.odd": None
    }
