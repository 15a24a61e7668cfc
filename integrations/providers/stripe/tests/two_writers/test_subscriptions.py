"""Both sides edit one subscription: each edit of another field stays, in whatever order things come."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.inbox import processing
from integrations.models import Connection
from integrations.providers.stripe.testing import store_signed
from integrations.providers.stripe.tests.two_writers.conftest import LATER
from integrations.providers.stripe.tests.two_writers.orders import ORDERS, Writers

pytestmark = pytest.mark.django_db(transaction=True)
AT = int(LATER.timestamp())
# What a person does at Stripe, and what both sides must show then.
THERE = {
    "quantity": (
        lambda deal: deal.stripe.subscription_items.update(deal.item, {"quantity": 5}),
        lambda deal: {"items": [(deal.price(deal.seat), 5)]},
    ),
    "price": (
        lambda deal: deal.update(items=[{"id": deal.item, "price": deal.price(deal.other), "quantity": 3}]),
        lambda deal: {"items": [(deal.price(deal.other), 3)]},
    ),
    "another item": (
        lambda deal: deal.update(items=[{"price": deal.price(deal.other), "quantity": 2}]),
        lambda deal: {"items": sorted([(deal.price(deal.seat), 3), (deal.price(deal.other), 2)])},
    ),
    "end of the period": (
        lambda deal: deal.update(cancel_at_period_end=True),
        lambda deal: {"cancel_at_period_end": True},
    ),
    "end of its own": (
        lambda deal: deal.update(cancel_at=AT),
        lambda deal: {"cancel_at_period_end": False, "cancel_at": AT},
    ),
    "pause": (
        lambda deal: deal.update(pause_collection={"behavior": "keep_as_draft"}),
        lambda deal: {"status": "paused"},
    ),
    "trial": (
        lambda deal: deal.update(trial_end=AT),
        lambda deal: {"status": "trialing", "trial_end": AT},
    ),
    "collection": (
        lambda deal: deal.update(collection_method="send_invoice", days_until_due=9),
        lambda deal: {"collection": ("send_invoice", 9)},
    ),
    "metadata": (
        lambda deal: deal.update(metadata={"theirs": "1", "contract": ""}),
        lambda deal: {"metadata": {"theirs": "1", "ours": "1"}},
    ),
}
# What a person does here, likewise.
HERE = {
    "quantity": (lambda deal: deal.have(5), lambda deal: {"items": [(deal.price(deal.seat), 5)]}),
    "price": (lambda deal: deal.have(0, 3), lambda deal: {"items": [(deal.price(deal.other), 3)]}),
    "another item": (lambda deal: deal.have(3, 2), THERE["another item"][1]),
    "end of the period": (lambda deal: deal.edit(cancel_at_period_end=True), THERE["end of the period"][1]),
    "end of its own": (lambda deal: deal.edit(cancel_at=LATER), THERE["end of its own"][1]),
    "pause": (lambda deal: deal.edit(status="paused"), lambda deal: {"status": "paused"}),
    "trial": (lambda deal: deal.edit(trial_end=LATER), THERE["trial"][1]),
    "collection": (
        lambda deal: deal.edit(collection_method="send_invoice", days_until_due=9),
        THERE["collection"][1],
    ),
}
SOME_ORDERS = (
    "its event comes before the push",
    "its event comes after the push",
    "it and its event come during the push",
    "it and its event follow a lost answer",
)
# In this one the call was carried out: who edits there knows of it.
IT_FOLLOWS = SOME_ORDERS[-1]
TOGETHER = ("quantity", "end of the period", "pause", "collection")


def turns(edits):
    """Each edit with every other of the orders, which take turns; the histories take any."""
    return [(what, order) for number, what in enumerate(edits) for order in SOME_ORDERS[number % 2 :: 2]]


def assert_both(deal, *expected):
    found = deal.both()
    for one in expected:
        assert found.items() >= one.items()
    assert deal.conflicts() == []


@pytest.mark.parametrize(("what", "order"), turns(THERE))
def test_what_was_changed_there_stays_when_metadata_is_edited_here(deal, what, order):
    act, expected = THERE[what]
    deal.run(order, lambda: act(deal), lambda: deal.add_metadata(ours="1"))
    assert deal.both()["metadata"]["ours"] == "1"
    assert_both(deal, expected(deal))


@pytest.mark.parametrize("order", ORDERS)
def test_all_that_was_changed_there_stays_in_every_order(deal, order):
    def there():
        for what in TOGETHER:
            THERE[what][0](deal)

    deal.run(order, there, lambda: deal.add_metadata(ours="1"))
    assert_both(
        deal, *(THERE[what][1](deal) for what in TOGETHER), {"metadata": {"contract": "7", "ours": "1"}}
    )


@pytest.mark.parametrize(("what", "order"), turns(HERE))
def test_what_was_changed_here_stays_when_metadata_is_edited_there(deal, what, order):
    act, expected = HERE[what]
    deal.run(order, lambda: deal.update(metadata={"theirs": "1"}), lambda: act(deal))
    assert_both(deal, expected(deal), {"metadata": {"contract": "7", "theirs": "1"}})


@pytest.mark.parametrize("order", SOME_ORDERS)
def test_an_item_has_the_price_from_there_and_the_quantity_from_here(deal, order):
    price = [{"id": deal.item, "price": deal.price(deal.other), "quantity": 3}]
    deal.run(order, lambda: deal.update(items=price), lambda: deal.have(8))
    assert deal.quantities() == {"other": 3 if order == IT_FOLLOWS else 8}
    assert deal.conflicts() == []


@pytest.mark.parametrize("order", SOME_ORDERS)
def test_the_item_that_either_side_adds_is_added(deal, order):
    deal.have(3, 2)
    deal.pipelines.settle()
    deal.run(
        order,
        lambda: deal.stripe.subscription_items.update(deal.item, {"quantity": 4}),
        lambda: deal.have(3, 7),
    )
    assert deal.quantities() == {"seat": 4, "other": 7}
    assert deal.conflicts() == []


@pytest.mark.parametrize("order", SOME_ORDERS)
def test_an_item_that_one_side_removes_is_removed(deal, order):
    deal.have(3, 2)
    deal.pipelines.settle()
    deal.run(order, lambda: deal.update(metadata={"theirs": "1"}), lambda: deal.have(0, 2))
    assert deal.quantities() == {"other": 2}
    deal.have(1, 2)
    deal.pipelines.settle()
    (seat,) = [
        one.id for one in deal.stripe.subscriptions.retrieve(deal.id)["items"].data if one.quantity == 1
    ]
    deal.run(order, lambda: deal.stripe.subscription_items.delete(seat), lambda: deal.have(1, 6))
    assert deal.quantities() == {"other": 6}


@pytest.mark.parametrize("what", ["its event comes before the push", "its event comes after the push"])
def test_that_takes_one_call_and_at_most_one_look(deal, what):
    deal.run(what, lambda: deal.update(cancel_at_period_end=True), lambda: deal.add_metadata(ours="1"))
    calls = deal.calls()
    assert calls.count("subscriptions.update") == 1 and set(calls) <= {
        "subscriptions.update",
        "subscriptions.retrieve",
    }
    assert len(calls) <= 2
    deal.pipelines.settle()
    assert deal.calls() == calls


def test_the_end_of_the_period_at_stripe_moves_with_it_here(deal):
    """The end is Stripe's to say: a trial that it grants moves it."""
    deal.edit(cancel_at_period_end=True)
    deal.pipelines.settle()
    deal.update(trial_end=AT)
    deal.pipelines.settle()
    deal.update(cancel_at_period_end=True)
    deal.pipelines.settle()
    assert deal.both()["cancel_at"] == AT
    deal.pipelines.simulator.advance_clock(timedelta(days=80).total_seconds())
    deal.pipelines.settle()
    assert deal.both()["status"] == "cancelled"


def test_what_was_read_for_an_event_of_an_own_call_is_merged(deal):
    """Where the events of two own calls of one second come in the other order, the later state is read."""
    push = Writers(deal.pipelines, None, None, operation="").push
    time.sleep(1 - time.time() % 1)
    for quantity in (4, 5):
        deal.have(quantity)
        push()
    deal.update(cancel_at_period_end=True)
    latest, *others = (one.to_dict() for one in deal.stripe.events.list({"limit": 3}).data)
    connection = Connection.objects.get()
    rows = [store_signed(connection, one, timezone.now()) for one in (*others, latest)]
    for row in rows:
        processing.process(row, timezone.now())
    deal.pipelines.settle()
    assert_both(deal, {"cancel_at_period_end": True, "items": [(deal.price(deal.seat), 5)]})


TAKEN_BACK = [
    # Stripe says when that is, in cancel_at.
    ({"cancel_at_period_end": True}, {"cancel_at_period_end": False}),
    ({"cancel_at": AT}, {"cancel_at": None}),
]


@pytest.mark.parametrize(("there", "here"), TAKEN_BACK, ids=str)
def test_an_end_that_is_taken_back_here_ends_it_nowhere(deal, there, here):
    deal.update(**there)
    deal.pipelines.settle()
    deal.edit(**here)
    deal.pipelines.settle()
    assert_both(deal, {"cancel_at_period_end": False, "cancel_at": None})
