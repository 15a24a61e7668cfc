"""Prices of every shape: what one here can be comes exactly, what none can be is ignored with a reason."""

from decimal import Decimal

import pytest

from billing.events import Kind
from billing.models import Plan, Price, Subscription
from integrations.providers.stripe.testing import receive_signed

pytestmark = pytest.mark.django_db
SEAT = "price_created__monthly"


@pytest.fixture
def arrive(world):
    """What becomes of a new price with other fields."""

    def arrive(**fields):
        event = world.event(SEAT)
        event["data"]["object"] |= fields
        return receive_signed(world.connection, event)

    return arrive


@pytest.fixture
def found(world, arrive):
    def found(**fields):
        row = arrive(**fields)
        assert row.state == "applied", row.reason
        return Price.objects.get(pk=world.local_id(Kind.PRICE, SEAT))

    return found


@pytest.mark.parametrize(
    ("currency", "minor", "amount"),
    [
        ("usd", "0.000000000001", "0.00000000000001"),
        ("jpy", "0.000000000001", "0.000000000001"),
        ("kwd", "0.000000000001", "0.000000000000001"),
        ("usd", "99999999.999999999999", "999999.99999999999999"),
        ("usd", "1250.0", "12.50"),
    ],
)
def test_an_amount_keeps_all_its_decimals(found, currency, minor, amount):
    price = found(currency=currency, unit_amount=None, unit_amount_decimal=minor)
    assert price.unit_amount == Decimal(amount)


def test_its_decimal_counts_before_its_integer(found):
    assert found(unit_amount=13, unit_amount_decimal="12.5").unit_amount == Decimal("0.125")


def test_an_integer_alone_is_enough(found):
    assert found(unit_amount=13, unit_amount_decimal=None).unit_amount == Decimal("0.13")


def test_tiers_keep_all_their_decimals(found):
    tiers = [
        {"up_to": 5, "unit_amount": 1, "unit_amount_decimal": "0.000000000001", "flat_amount": 700},
        {"up_to": None, "unit_amount_decimal": None, "unit_amount": 3, "flat_amount_decimal": "0.5"},
    ]
    fields = {"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": tiers}
    assert found(unit_amount=None, unit_amount_decimal=None, **fields).tiers == [
        {"up_to": 5, "unit_amount": "0.00000000000001", "flat_amount": "7"},
        {"up_to": None, "unit_amount": "0.03", "flat_amount": "0.005"},
    ]


@pytest.mark.parametrize("rounding", ["up", "down"])
def test_a_package_rounds_as_it_does_at_stripe(found, rounding):
    price = found(transform_quantity={"divide_by": 10, "round": rounding})
    assert (price.billing_model, price.package_size, price.package_rounding) == ("package", 10, rounding)


@pytest.mark.parametrize("option", [{"unit_amount": 900}, {"unit_amount": 900, "unit_amount_decimal": "900"}])
def test_other_currencies_come_in(found, option):
    assert found(currency_options={"eur": option}).currency_options == {"EUR": {"unit_amount": "9"}}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (
            {"unit_amount": None, "unit_amount_decimal": None, "custom_unit_amount": {"minimum": 1}},
            "It has no amount per unit, as where its customers choose it",
        ),
        ({"unit_amount": -700, "unit_amount_decimal": "-700"}, "Its amount is negative"),
    ],
)
@pytest.mark.parametrize("name", ["price.created", "price.updated", "price.deleted"])
def test_what_no_price_here_can_be_is_ignored(world, fields, reason, name):
    event = world.event(SEAT) | {"type": name}
    event["data"]["object"] |= fields
    row = receive_signed(world.connection, event)
    assert (row.state, Price.objects.count()) == ("ignored", 0) and reason in row.reason


def test_a_subscription_to_such_a_price_is_ignored_too(world):
    world.arrives("customer_created__flexsync_id")
    event = world.event("customer_subscription_created__one_item")
    price = event["data"]["object"]["items"]["data"][0]["price"]
    price |= {"unit_amount": None, "unit_amount_decimal": None}
    row = receive_signed(world.connection, event)
    assert (row.state, Subscription.objects.count()) == ("ignored", 0) and "choose" in row.reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"unit_amount_decimal": "12,5"}, "unit_amount_decimal of price {id} is '12,5'"),
        ({"unit_amount_decimal": "NaN"}, "unit_amount_decimal of price {id} is 'NaN'"),
        ({"unit_amount_decimal": "1e999"}, "unit_amount_decimal of price {id} is '1e999'"),
        ({"unit_amount_decimal": 12.5}, "unit_amount_decimal of price {id} is 12.5"),
        ({"unit_amount_decimal": True}, "unit_amount_decimal of price {id} is True"),
        ({"currency": "zzz"}, "currency of price {id} is 'zzz'"),
        ({"currency": None}, "currency of price {id} is None"),
        ({"recurring": "month"}, "recurring of price {id} is 'month'"),
        ({"recurring": {"interval": "month", "interval_count": "2"}}, "interval_count of an object is '2'"),
        ({"transform_quantity": {"divide_by": 2.5, "round": "up"}}, "divide_by of an object is 2.5"),
        ({"currency_options": {"eur": {"unit_amount": "nine"}}}, "unit_amount of an object is 'nine'"),
        ({"currency_options": ["eur"]}, "currency_options of price {id} is list ['eur']"),
        ({"nickname": 5}, "nickname of price {id} is 5"),
    ],
)
def test_what_cannot_be_read_is_dead_at_once_and_named(world, arrive, fields, reason):
    row = arrive(**fields)
    named = reason.format(id=world.event(SEAT)["data"]["object"]["id"])
    assert (row.state, row.attempts) == ("dead", 1) and named in row.reason
    assert not Price.objects.exists() and not Plan.objects.exists()


def test_a_plan_of_the_first_versions_is_asked_for_its_product(world):
    event = world.event("customer_subscription_created__plan_only")
    world.arrives("customer_created__flexsync_id")
    del event["data"]["object"]["items"]["data"][0]["plan"]["product"]
    row = receive_signed(world.connection, event)
    assert (row.state, "No such price" in row.reason) == ("dead", True), "this Stripe is empty"


def test_an_unknown_currency_among_its_options_is_left_out(found):
    options = {code: {"unit_amount_decimal": "500"} for code in ("usd", "eur", "zzz", "iqd")}
    assert found(currency_options=options).currency_options == {"EUR": {"unit_amount": "5"}}


@pytest.mark.parametrize("currency", ["std", "xcg", "hrk", "ltl", "lvl", "eek", "mro", "sll", "vef"])
def test_currencies_of_past_years_are_known(found, currency):
    price = found(currency=currency, unit_amount=1250, unit_amount_decimal="1250")
    assert (price.currency, price.unit_amount) == (currency.upper(), Decimal("12.50"))


@pytest.mark.parametrize(
    ("product", "name"), [({"id": "prod_x", "name": "Gold"}, "Gold"), ("prod_x", "prod_x")]
)
def test_its_plan_has_the_name_that_it_shows(found, product, name):
    assert found(product=product).plan.name == name
