"""product.*, price.* and customer.subscription.*: the rows that each golden event leaves."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.events import Kind
from billing.models import Plan, Price, Subscription

pytestmark = pytest.mark.django_db
PLAN, SEAT = "product_created__plain", "price_created__monthly"


def plan(world, name=PLAN):
    return Plan.objects.get(pk=world.twin(Kind.PLAN, name))


def price(world, name):
    world.arrives(PLAN, name)
    return Price.objects.get(pk=world.twin(Kind.PRICE, name))


def test_a_product_is_a_plan(world):
    world.arrives(PLAN)
    found = plan(world)
    assert (found.name, found.description, found.metadata) == ("Engine", "Computes", {"line": "a"})


def test_a_renamed_product_is_a_renamed_plan(world):
    world.arrives(PLAN, "product_updated__renamed")
    assert plan(world).name == "Analytical Engine" and Plan.objects.count() == 1


@pytest.mark.parametrize("first", ["product_updated__inactive", "product_deleted__plain"])
def test_a_product_that_is_gone_is_archived(world, first):
    world.arrives("product_updated__inactive")
    if first == "product_deleted__plain":
        world.arrives("product_deleted__plain")
    assert plan(world, "product_updated__inactive").status == "archived"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (SEAT, ("12.5", "USD", "MONTHLY", 1, "flat", "licensed")),
        ("price_created__quarterly", ("0.0005", "USD", "QUARTERLY", 1, "flat", "licensed")),
        ("price_created__package", ("5", "USD", "MONTHLY", 1, "package", "licensed")),
        ("price_created__onetime", ("900", "JPY", "ONETIME", 1, "flat", "licensed")),
        ("price_created__metered", ("12.5", "USD", "ANNUAL", 2, "flat", "metered")),
        ("price_created__tiered", ("0", "USD", "MONTHLY", 1, "tiered", "licensed")),
    ],
)
def test_a_price_is_a_price(world, name, expected):
    found = price(world, name)
    assert (found.unit_amount, *expected[1:]) == (
        Decimal(expected[0]),
        found.currency,
        found.billing_period,
        found.billing_period_count,
        found.billing_model,
        found.usage_type,
    )


def test_a_prices_details_are_kept(world):
    seat = price(world, SEAT)
    assert (seat.description, seat.lookup_key) == ("Seat", "seat")
    assert price(world, "price_created__package").package_size == 10
    tiered = price(world, "price_created__tiered")
    assert tiered.tier_mode == "graduated"
    assert tiered.tiers == [
        {"up_to": 10, "unit_amount": "1", "flat_amount": "0"},
        {"up_to": None, "unit_amount": "0.5", "flat_amount": "7"},
    ]


def test_a_price_changes_its_name_and_is_archived(world):
    seat = price(world, SEAT)
    world.arrives("price_updated__renamed")
    seat.refresh_from_db()
    assert (seat.description, seat.status) == ("Chair", "active")
    world.arrives("price_created__quarterly", "price_deleted__plain")
    assert Price.objects.get(pk=world.twin(Kind.PRICE, "price_deleted__plain")).status == "archived"


def test_a_price_waits_for_its_product(world):
    row = world.arrive(SEAT)
    assert (row.state, row.attempts) == ("pending", 1) and "waits for the product prod_" in row.reason


def test_tiers_that_stripe_left_out_are_asked_of_a_person(world):
    world.arrives(PLAN)
    row = world.arrive("price_created__tiers_left_out")
    assert row.state == "dead" and "set it up here by hand" in row.reason


def test_a_price_made_for_one_purchase_is_nothing_that_is_sold(world):
    assert world.arrive("price_created__inline").state == "ignored"
    assert Price.objects.count() == 0


@pytest.fixture
def sold(world):
    world.arrives("customer_created__ours", PLAN, SEAT)
    return world


def subscription(world, name="customer_subscription_created__one_item"):
    return Subscription.objects.get(pk=world.twin(Kind.SUBSCRIPTION, name))


@pytest.mark.parametrize(
    "name", ["customer_subscription_created__one_item", "customer_subscription_created__old_dialect"]
)
def test_a_subscription_is_imported_in_either_dialect(sold, name):
    sold.arrives(name)
    found = subscription(sold)
    (item,) = found.items.all()
    assert (found.status, found.currency, found.customer_id, found.metadata) == (
        "incomplete", "USD", sold.ada.id, {"deal": "7"},
    )  # fmt: skip
    assert (item.quantity, item.price_id) == (4, sold.twin(Kind.PRICE, SEAT))
    assert item.current_period_end - item.current_period_start >= timedelta(days=28)


def test_the_first_payment_makes_it_active(sold):
    sold.arrives("customer_subscription_updated__active")
    assert sold.arrive("customer_subscription_created__one_item").state == "ignored", "an older state"
    assert subscription(sold).status == "active" and Subscription.objects.count() == 1


def test_a_subscription_waits_for_its_customer_then_its_price(world):
    assert "waits for the customer cus_" in world.arrive("customer_subscription_created__one_item").reason
    world.arrives("customer_created__ours")
    again = world.arrive("customer_subscription_created__one_item", id="evt_again")
    assert "waits for the price price_" in again.reason


def test_a_cancellation_waits_for_the_end_then_ends(sold):
    sold.arrives("customer_subscription_created__one_item", "customer_subscription_updated__cancels_later")
    found = subscription(sold)
    assert (found.status, found.cancel_at_period_end, found.cancelled_at) == ("active", True, None)
    sold.arrives("customer_subscription_deleted__plain")
    found.refresh_from_db()
    assert found.status == "cancelled" and found.cancelled_at is not None
    assert sold.arrive("customer_subscription_updated__past_due").state == "ignored"


def test_an_end_without_a_beginning_is_ignored(sold):
    row = sold.arrive("customer_subscription_deleted__plain")
    assert (row.state, Subscription.objects.count()) == ("ignored", 0)


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
