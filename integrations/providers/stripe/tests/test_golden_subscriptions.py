"""customer.subscription.*: the rows that each golden event leaves."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Subscription
from integrations.providers.stripe.handlers.customers import SOON_SECONDS

pytestmark = pytest.mark.django_db
PLAN, SEAT = "product_created__plain", "price_created__monthly"


@pytest.fixture
def sold(world):
    world.arrives("customer_created__flexsync_id", PLAN, SEAT)
    return world


def subscription(world, name="customer_subscription_created__one_item"):
    return Subscription.objects.get(pk=world.local_id(Kind.SUBSCRIPTION, name))


@pytest.mark.parametrize(
    "name", ["customer_subscription_created__one_item", "customer_subscription_created__old_dialect"]
)
def test_a_subscription_is_imported_in_any_api_version(sold, name):
    sold.arrives(name)
    found = subscription(sold)
    (item,) = found.items.all()
    assert (found.status, found.currency, found.customer_id, found.metadata) == (
        "incomplete", "USD", sold.ada.id, {"deal": "7"},
    )  # fmt: skip
    assert (item.quantity, item.price_id) == (4, sold.local_id(Kind.PRICE, SEAT))
    assert item.current_period_end - item.current_period_start >= timedelta(days=28)


def test_the_first_payment_makes_it_active(sold):
    sold.arrives("customer_subscription_updated__active")
    assert sold.arrive("customer_subscription_created__one_item").state == "ignored", "an older state"
    assert subscription(sold).status == "active" and Subscription.objects.count() == 1


def test_a_subscription_brings_its_own_price_and_plan(world):
    world.arrives("customer_created__flexsync_id", "customer_subscription_created__one_item")
    (item,) = subscription(world).items.all()
    assert (item.price.unit_amount, item.price.lookup_key) == (Decimal("12.5"), "seat")
    assert item.price.pk == world.local_id(Kind.PRICE, SEAT) and item.price.plan.name.startswith("prod_")


def test_the_oldest_items_have_a_plan_instead_of_a_price(world):
    world.arrives("customer_created__flexsync_id", "customer_subscription_created__plan_only")
    (item,) = subscription(world).items.all()
    assert (item.price.unit_amount, item.price.billing_period, item.quantity) == (
        Decimal("12.5"),
        "MONTHLY",
        4,
    )


def test_a_subscription_gives_its_customer_a_moment(world):
    row = world.arrive("customer_subscription_created__one_item")
    assert (row.state, "Waits for the customer cus_" in row.reason) == ("pending", True)
    assert row.next_attempt_at - timezone.now() <= timedelta(seconds=SOON_SECONDS)
    world.arrives("customer_created__flexsync_id")
    world.arrives_again("customer_subscription_created__one_item")


@pytest.mark.parametrize(
    ("switch", "name"),
    [("customer_inbound_enabled", None), ("plan_inbound_enabled", "customer_created__flexsync_id")],
)
def test_what_may_not_come_in_is_not_brought_by_a_subscription(world, switch, name):
    if name:
        world.arrives(name)
    setattr(world.connection, switch, False)
    world.connection.save()
    row = world.arrive("customer_subscription_created__one_item")
    assert (row.state, switch in row.reason, Subscription.objects.count()) == ("ignored", True, 0)


def test_a_cancellation_that_is_undone_is_undone(sold):
    for name, expected in (
        ("customer_subscription_updated__cancels_later", True),
        ("customer_subscription_updated__cancel_undone", False),
    ):
        sold.arrives(name)
        found = subscription(sold)
        assert (found.cancel_at_period_end, found.cancel_at is not None) == (expected, expected)


def test_a_paused_collection_is_a_pause(sold):
    for name, expected in (
        ("customer_subscription_updated__collection_paused", "paused"),
        ("customer_subscription_updated__collection_resumed", "active"),
    ):
        sold.arrives(name)
        assert subscription(sold).status == expected


def test_a_cancellation_waits_for_the_end_then_ends(sold):
    sold.arrives("customer_subscription_created__one_item", "customer_subscription_updated__cancels_later")
    found = subscription(sold)
    assert (found.status, found.cancel_at_period_end, found.cancelled_at) == ("active", True, None)
    sold.arrives("customer_subscription_deleted__plain")
    found.refresh_from_db()
    assert found.status == "cancelled" and found.cancelled_at is not None
    assert sold.arrive("customer_subscription_updated__past_due").state == "ignored"


def test_an_end_without_a_beginning_brings_it_here_ended(sold):
    sold.arrives("customer_subscription_deleted__plain")
    assert Subscription.objects.get().status == "cancelled"


def test_past_due_is_not_active(sold):
    sold.arrives("customer_subscription_updated__past_due")
    assert subscription(sold).status == "past_due"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("customer_subscription_created__trial", "trialing"),
        ("customer_subscription_trial_will_end__plain", "trialing"),
        ("customer_subscription_paused__plain", "paused"),
        ("customer_subscription_resumed__plain", "active"),
    ],
)
def test_each_event_carries_the_whole_subscription(sold, name, status):
    sold.arrives(name)
    found = subscription(sold, name)
    assert found.status == status and found.trial_end - found.trial_start == timedelta(days=14)


def test_the_short_names_of_events_are_understood(sold):
    assert (
        sold.arrive("customer_subscription_created__one_item", type="subscription.created").state == "applied"
    )
