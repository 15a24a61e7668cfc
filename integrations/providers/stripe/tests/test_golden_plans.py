"""product.* and price.*: the rows that each golden event leaves."""

from decimal import Decimal

import pytest

from billing.events import Kind
from billing.facts import PlanFacts, PriceFacts
from billing.models import Plan, Price
from billing.services.catalog import plans
from integrations.providers.stripe.testing import receive_signed

pytestmark = pytest.mark.django_db
PLAN, SEAT = "product_created__plain", "price_created__monthly"


def plan(world, name=PLAN):
    return Plan.objects.get(pk=world.local_id(Kind.PLAN, name))


def price(world, name):
    world.arrives(PLAN, name)
    return Price.objects.get(pk=world.local_id(Kind.PRICE, name))


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
    assert Price.objects.get(pk=world.local_id(Kind.PRICE, "price_deleted__plain")).status == "archived"


def test_a_product_that_is_sold_again_is_active_again(world):
    world.arrives("product_updated__inactive", "product_updated__active_again")
    assert plan(world, "product_updated__inactive").status == "active"
    assert world.arrive("product_updated__inactive", id="evt_late").state == "ignored"


def test_a_price_that_is_sold_again_is_active_again(world):
    seat = price(world, SEAT)
    for name, status in (("price_updated__inactive", "archived"), ("price_updated__active_again", "active")):
        world.arrives(name)
        seat.refresh_from_db()
        assert seat.status == status


def test_a_price_before_its_product_has_a_plan_that_the_product_completes(world):
    world.arrives(SEAT)
    stub = Price.objects.get(pk=world.local_id(Kind.PRICE, SEAT)).plan
    assert stub.name.startswith("prod_")
    world.arrives(PLAN)
    stub.refresh_from_db()
    assert (stub.name, Plan.objects.count()) == ("Engine", 1)


def test_products_and_prices_that_name_rows_here_are_linked(world):
    mine = plans.create(environment_id=world.connection.environment_id, facts=PlanFacts(name="Mine"))
    facts = PriceFacts(plan_id=mine.pk, currency="USD", unit_amount=Decimal("12.5"))
    cost = plans.create_price(environment_id=mine.environment_id, facts=facts)
    event = world.event(SEAT)
    metadata = {"flexprice_price_id": cost.pk, "flexprice_plan_id": mine.pk, "sync_source": "flexprice"}
    event["data"]["object"]["metadata"] = metadata
    assert receive_signed(world.connection, event).state == "applied"
    product = world.event(PLAN)
    product["data"]["object"]["metadata"] = metadata
    assert receive_signed(world.connection, product).state == "applied"
    assert (world.local_id(Kind.PRICE, SEAT), plan(world).pk) == (cost.pk, mine.pk)
    assert (Plan.objects.count(), Price.objects.count(), plan(world).name) == (1, 1, "Mine")


def test_tiers_that_an_event_leaves_out_are_read_from_stripe(world, simulator):
    world.arrives(PLAN)
    row = world.arrive("price_created__tiers_left_out")
    assert (row.state, "No such price" in row.reason) == ("dead", True), "this Stripe is empty"


def test_a_price_made_for_one_purchase_is_not_in_the_catalog(world):
    assert world.arrive("price_created__inline").state == "ignored"
    assert Price.objects.count() == 0


def test_other_currencies_are_kept_where_stripe_sends_them(world):
    event = world.event(SEAT)
    own = {"unit_amount": 1250, "unit_amount_decimal": "1250"}
    yen = {"unit_amount": 1900, "unit_amount_decimal": "1900"}
    free = {"unit_amount": None, "unit_amount_decimal": None, "custom_unit_amount": {"minimum": 1}}
    event["data"]["object"]["currency_options"] = {"usd": own, "jpy": yen, "eur": free}
    assert receive_signed(world.connection, event).state == "applied"
    found = Price.objects.get(pk=world.local_id(Kind.PRICE, SEAT))
    assert found.currency_options == {"JPY": {"unit_amount": "1900"}}
    world.arrives("price_updated__renamed")
    found.refresh_from_db()
    assert (found.description, set(found.currency_options)) == ("Chair", {"JPY"}), (
        "an update does not name them"
    )
