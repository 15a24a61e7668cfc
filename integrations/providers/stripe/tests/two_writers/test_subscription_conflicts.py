"""Both sides edit the same of a subscription: the owner's value stays, and the other is written down."""

import time

import pytest

from billing.models import Subscription
from integrations.mappings.differences import OPEN
from integrations.models import Conflict
from integrations.providers.stripe.tests.two_writers.conftest import LATER
from integrations.providers.stripe.tests.two_writers.test_subscriptions import IT_FOLLOWS, SOME_ORDERS
from integrations.tests.conftest import client

pytestmark = pytest.mark.django_db(transaction=True)
AT = int(LATER.timestamp())
OWNERS = ["flexsync", "provider"]


def seats(deal, quantity):
    """Sells so many at Stripe."""
    return lambda: deal.stripe.subscription_items.update(deal.item, {"quantity": quantity})


def removed(deal):
    return lambda: deal.stripe.subscription_items.delete(deal.item)


@pytest.fixture
def two_items(deal):
    deal.have(3, 2)
    deal.pipelines.settle()
    return deal


@pytest.mark.parametrize("order", SOME_ORDERS[:-1])
@pytest.mark.parametrize("owner", OWNERS)
def test_of_two_quantities_one_stays(deal, owner, order):
    deal.owned_by(owner)
    deal.run(order, seats(deal, 5), lambda: deal.have(4))
    assert deal.quantities() == {"seat": {"flexsync": 4, "provider": 5}[owner]}
    assert deal.conflicts() == [("items.*.quantity", 4, 5, owner)]


@pytest.mark.parametrize("owner", OWNERS)
def test_of_two_quantities_the_later_stays_where_the_call_of_the_first_was_carried_out(deal, owner):
    deal.owned_by(owner)
    deal.run(IT_FOLLOWS, seats(deal, 5), lambda: deal.have(4))
    assert deal.quantities() == {"seat": 5}
    assert deal.conflicts() == []


@pytest.mark.parametrize("order", SOME_ORDERS[:2])
@pytest.mark.parametrize("owner", OWNERS)
def test_an_item_changed_there_and_removed_here_is_kept_or_removed_whole(two_items, owner, order):
    deal = two_items
    deal.owned_by(owner)
    deal.run(order, seats(deal, 5), lambda: deal.have(0, 2))
    kept = {"price": deal.price(deal.seat), "quantity": 5}
    assert deal.quantities() == {"other": 2} | ({"seat": 5} if owner == "provider" else {})
    assert deal.conflicts() == [("items.*", None, kept, owner)]


@pytest.mark.parametrize("order", SOME_ORDERS[:2])
@pytest.mark.parametrize("owner", OWNERS)
def test_an_item_changed_here_and_removed_there_is_kept_or_removed_whole(two_items, owner, order):
    deal = two_items
    deal.owned_by(owner)
    deal.run(order, removed(deal), lambda: deal.have(4, 2))
    kept = {"price": deal.price(deal.seat), "quantity": 4}
    assert deal.quantities() == {"other": 2} | ({"seat": 4} if owner == "flexsync" else {})
    assert deal.conflicts() == [("items.*", kept, None, owner)]


@pytest.mark.parametrize("order", SOME_ORDERS[:2])
@pytest.mark.parametrize("owner", OWNERS)
def test_of_two_items_of_one_price_one_stays(deal, owner, order):
    deal.owned_by(owner)
    added = [{"price": deal.price(deal.other), "quantity": 2}]
    deal.run(order, lambda: deal.update(items=added), lambda: deal.have(3, 7))
    assert deal.quantities() == {"seat": 3, "other": {"flexsync": 7, "provider": 2}[owner]}
    [(field, *values)] = deal.conflicts()
    assert field.endswith(".quantity") and values == [7, 2, owner]


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("order", SOME_ORDERS[:3])
def test_of_two_ends_one_stays(deal, owner, order):
    deal.owned_by(owner)
    deal.run(order, lambda: deal.update(cancel_at_period_end=True), lambda: deal.edit(cancel_at=LATER))
    assert deal.both()["cancel_at_period_end"] is (owner == "provider")
    assert deal.conflicts() == [("cancel_at", AT, "period_end", owner)]


@pytest.mark.parametrize("order", SOME_ORDERS)
def test_the_same_change_on_both_sides_is_no_conflict(deal, order):
    deal.run(order, seats(deal, 5), lambda: deal.have(5))
    assert deal.quantities() == {"seat": 5} and deal.conflicts() == []


@pytest.mark.parametrize("later", ["here", "there"])
@pytest.mark.parametrize("order", ["its event comes before the push", "its event comes after the push"])
def test_the_newest_stays_item_by_item(two_items, later, order):
    """Another item that was changed since does not count."""
    deal = two_items
    deal.owned_by("newest")

    def there():
        if later == "there":
            time.sleep(1.1)
        seats(deal, 5)()

    def here():
        if later == "there":
            deal.have(4, 2)
        else:
            time.sleep(1.1)
            deal.have(4, 2)

    if later == "there":
        here()
        there()
        deal.run(order, lambda: None, lambda: deal.have(4, 9))
    else:
        deal.run(order, there, here)
    assert deal.quantities()["seat"] == (5 if later == "there" else 4)
    assert [row[3] for row in deal.conflicts()] == ["provider" if later == "there" else "flexsync"]


def later_here(deal):
    time.sleep(1.1)
    deal.have(4, 2)


def nobody_knows_when(deal):
    deal.have(4, 2)
    Subscription.objects.update(changed_at={})


@pytest.mark.parametrize("order", SOME_ORDERS[:2])
@pytest.mark.parametrize("here", [later_here, nobody_knows_when])
def test_of_the_newest_a_removed_item_returns_with_what_was_changed_of_it(two_items, order, here):
    deal = two_items
    deal.owned_by("newest")
    deal.run(order, removed(deal), lambda: here(deal))
    kept = {"price": deal.price(deal.seat), "quantity": 4}
    assert deal.quantities() == {"seat": 4, "other": 2}
    assert deal.conflicts() == [("items.*", kept, None, "flexsync")]


@pytest.mark.parametrize("order", SOME_ORDERS[:2])
def test_an_item_that_was_removed_here_returns_where_nobody_knows_when(two_items, order):
    deal = two_items
    deal.owned_by("newest")

    def here():
        deal.have(0, 2)
        Subscription.objects.update(changed_at={})

    deal.run(order, seats(deal, 5), here)
    kept = {"price": deal.price(deal.seat), "quantity": 5}
    assert deal.quantities() == {"seat": 5, "other": 2}
    assert deal.conflicts() == [("items.*", None, kept, "provider")]


def test_a_removed_item_returns_also_where_something_else_was_changed_with_it(two_items):
    deal = two_items
    deal.owned_by("flexsync")
    there = {"items": [{"id": deal.item, "deleted": True}], "cancel_at_period_end": True}
    deal.run(SOME_ORDERS[0], lambda: deal.update(**there), lambda: deal.have(4, 2))
    assert deal.quantities() == {"seat": 4, "other": 2}
    assert deal.both()["cancel_at_period_end"]


def test_what_stripe_refuses_because_an_item_is_gone_waits_for_the_time_of_that(two_items):
    deal = two_items
    deal.owned_by("newest")

    def there():
        time.sleep(1.1)
        removed(deal)()

    deal.run("the edit here is first, its event after the push", there, lambda: deal.have(4, 2))
    kept = {"price": deal.price(deal.seat), "quantity": 4}
    assert deal.quantities() == {"other": 2}
    assert deal.conflicts() == [("items.*", kept, None, "provider")]


@pytest.mark.parametrize(("choice", "seat"), [("keep", None), ("take", 5)])
@pytest.mark.parametrize("owner", OWNERS)
def test_a_person_decides_about_an_item_otherwise(two_items, environment, owner, choice, seat):
    deal = two_items
    deal.owned_by(owner)
    deal.run(SOME_ORDERS[0], seats(deal, 5), lambda: deal.have(0, 2))
    answer = client(environment).post(f"/v1/conflicts/{Conflict.objects.get().pk}/{choice}")
    assert answer.status_code == 200
    deal.pipelines.settle()
    assert deal.quantities() == {"other": 2} | ({"seat": seat} if seat else {})


def test_what_has_ended_there_is_not_revived_by_an_edit_here(deal):
    deal.run(
        "its event comes after the push",
        lambda: deal.stripe.subscriptions.cancel(deal.id),
        lambda: deal.have(4),
    )
    assert deal.both()["status"] == "cancelled"
    assert deal.conflicts() == [("items.*.quantity", 4, 3, "provider")]


@pytest.mark.parametrize(("choice", "other"), [("keep", 7), ("take", 2)])
def test_a_person_decides_of_two_items_of_one_price(deal, environment, choice, other):
    deal.owned_by("newest")
    added = [{"price": deal.price(deal.other), "quantity": 2}]

    def here():
        deal.have(3, 7)
        Subscription.objects.update(changed_at={})

    deal.run(SOME_ORDERS[0], lambda: deal.update(items=added), here)
    conflict = Conflict.objects.get()
    assert deal.differences() == [(conflict.field, 7, 2, OPEN)]
    assert client(environment).post(f"/v1/conflicts/{conflict.pk}/{choice}").status_code == 200
    deal.pipelines.settle()
    assert deal.quantities() == {"seat": 3, "other": other}
    assert deal.differences() == []


@pytest.fixture
def an_open_one(two_items):
    """Both have changed the quantity of the seat, and nobody knows which of the two was later."""
    two_items.owned_by("newest")
    two_items.run(SOME_ORDERS[0], seats(two_items, 5), lambda: nobody_knows_when(two_items))
    assert two_items.conflicts() == [("items.*.quantity", 4, 5, "")]
    return two_items


@pytest.mark.parametrize("side", ["flexsync", "provider"])
def test_an_open_conflict_ends_with_the_item_that_a_side_removes(an_open_one, side):
    deal = an_open_one
    if side == "flexsync":
        deal.have(0, 2)
    else:
        removed(deal)()
    deal.pipelines.settle()
    deal.add_metadata(later="1")
    deal.pipelines.settle()
    assert deal.quantities() == {"other": 2} and deal.differences() == []
    assert deal.conflicts() == [("items.*.quantity", 4, 5, side)]


@pytest.mark.parametrize("order", SOME_ORDERS[:3])
@pytest.mark.parametrize("owner", [*OWNERS, "newest"])
def test_where_each_side_removes_another_item_the_last_one_stays_as_a_conflict(two_items, owner, order):
    deal = two_items
    deal.owned_by(owner)
    deal.run(order, removed(deal), lambda: deal.have(3))
    assert deal.quantities() == {"seat": 3}
    kept = {"price": deal.price(deal.seat), "quantity": 3}
    assert deal.conflicts() == [("items.*", kept, None, "flexsync")]


def test_of_two_quantities_the_newest_stays_though_the_price_was_changed_there_meanwhile(deal):
    deal.owned_by("newest")

    def there():
        deal.update(items=[{"id": deal.item, "price": deal.price(deal.other)}])
        time.sleep(1.1)
        seats(deal, 7)()

    deal.run("the edit here is first, its event after the push", there, lambda: deal.have(4))
    assert deal.quantities() == {"other": 7}
    assert deal.conflicts() == [("items.*.quantity", 4, 7, "provider")]
