"""The columns of customers, plans, prices and subscriptions, each with an object where it alone differs."""

from typing import Any

from integrations.providers.stripe.tests.corpus.cases import Case
from integrations.providers.stripe.tests.corpus.deals import plan, price
from integrations.providers.stripe.tests.corpus.moments import DAY, MOMENT

Json = dict[str, Any]


def _customer(changes: Json, **columns: Any) -> Case:
    return Case("customer", "customer.updated", changes, {f"Customer.{k}": v for k, v in columns.items()})


def _price(changes: Json, **columns: Any) -> Case:
    return Case("price", "price.created", changes, {f"Price.{k}": v for k, v in columns.items()})


def _deal(changes: Json, **columns: Any) -> Case:
    named = {f"Subscription.{name}": value for name, value in columns.items()}
    return Case("subscription", "customer.subscription.updated", changes, named)


def _item(changes: Json, **columns: Any) -> Case:
    given = {f"items.data.0.{name}": value for name, value in changes.items()}
    named = {f"SubscriptionItem.{name}": value for name, value in columns.items()}
    return Case("subscription", "customer.subscription.updated", given, named)


# By the column that would hold it: what of a customer at Stripe cannot be held here.
UNHELD = {
    "address_country": {"address.country": "United Kingdom"},
    "address_city": {"address.city": "x" * 5001},
    "email": {"email": "x" * 501 + "@example.com"},
    "name": {"name": "A\0da"},
    "phone": {"phone": "\ud800"},
    "preferred_locale": {"preferred_locales": ["none at all"]},
}
CUSTOMERS = (
    _customer({"metadata": {"tier": "gold", "external_id": "erp-#"}}, external_id="erp-#"),
    _customer({"name": "Grace Hopper"}, name="Grace Hopper"),
    _customer({"name": "x" * 5000}, name="x" * 5000),
    _customer({"email": "grace@example.com"}, email="grace@example.com"),
    _customer({"phone": None}, phone=""),
    _customer({"phone": "+44 20 7946 0958 ext. 12345"}, phone="+44 20 7946 0958 ext. 12345"),
    _customer({"address.line1": "1 Navy Way"}, address_line1="1 Navy Way"),
    _customer({"address.line1": "x" * 300}, address_line1="x" * 300),
    _customer({"address.line2": None}, address_line2=""),
    _customer({"address.city": "Leeds"}, address_city="Leeds"),
    _customer({"address.state": "Yorkshire"}, address_state="Yorkshire"),
    _customer({"address.postal_code": "LS1"}, address_postal_code="LS1"),
    _customer({"address.country": "IE"}, address_country="IE"),
    _customer({"address.country": "ie"}, address_country="IE"),
    _customer({"address.country": None}, address_country=""),
    _customer({"address.postal_code": "1" * 51}, address_postal_code="1" * 51),
    _customer({"metadata": {"external_id": "#" + "x" * 400}}, external_id="#" + "x" * 400, metadata={}),
    # What cannot be held stays Stripe's, of an update too.
    *(Case("customer", "customer.created", one, {f"Customer.{name}": ""}) for name, one in UNHELD.items()),
    *(Case("customer", "customer.updated", one) for one in UNHELD.values()),
    _customer({"currency": "eur"}, currency="EUR"),
    _customer({"preferred_locales": ["pt-BR"]}, preferred_locale="pt-BR"),
    _customer({"preferred_locales": ["pt-BR", "fr"]}, preferred_locale="pt-BR"),
    _customer({"preferred_locales": ["none at all", "pt-BR"]}, preferred_locale="pt-BR"),
    _customer({"preferred_locales": []}, preferred_locale=""),
    _customer({"metadata": {"tier": "silver", "external_id": "crm-#"}}, metadata={"tier": "silver"}),
    Case(
        "customer",
        "customer.created",
        {"invoice_settings.default_payment_method": "pm_new"},
        {
            "Customer.default_payment_methods": {
                "conn": {"method": "pm_new", "at": "2026-11-01T12:02:00+00:00"}
            }
        },
    ),
)
PLANS = (
    Case("product", "product.updated", {"name": "Scale"}, {"Plan.name": "Scale"}),
    Case("product", "product.updated", {"name": "x" * 300}, {"Plan.name": "x" * 300}),
    # A plan that cannot have its product's name keeps the one that it has.
    Case("product", "product.updated", {"name": "x" * 5001}),
    Case("product", "product.updated", {"description": "For all"}, {"Plan.description": "For all"}),
    Case("product", "product.updated", {"description": "x" * 40_000}, {"Plan.description": "x" * 40_000}),
    Case("product", "product.updated", {"description": None}, {"Plan.description": ""}),
    Case("product", "product.updated", {"metadata": {"line": "b"}}, {"Plan.metadata": {"line": "b"}}),
    Case("product", "product.updated", {"active": False}, {"Plan.status": "archived"}),
)
_TIERS = [
    {
        "up_to": 10,
        "unit_amount": 100,
        "unit_amount_decimal": "100",
        "flat_amount": None,
        "flat_amount_decimal": None,
    },
    {
        "up_to": None,
        "unit_amount": None,
        "unit_amount_decimal": "0.5",
        "flat_amount": 700,
        "flat_amount_decimal": "700",
    },
]
_TIERS_HERE = [
    {"up_to": 10, "unit_amount": "1", "flat_amount": "0"},
    {"up_to": None, "unit_amount": "0.005", "flat_amount": "7"},
]
_TIERED = {
    "billing_scheme": "tiered",
    "tiers_mode": "volume",
    "tiers": _TIERS,
    "unit_amount": None,
    "unit_amount_decimal": None,
}
PRICES = (
    _price({"product": "prod_other"}, plan="prod_other"),
    _price({"unit_amount": 1250, "unit_amount_decimal": "1250"}, unit_amount="12.5"),
    _price(
        {"unit_amount": None, "unit_amount_decimal": "0.000000000001"},
        unit_amount="0.00000000000001",
    ),
    _price({"unit_amount": 0, "unit_amount_decimal": "0"}, unit_amount="0"),
    _price({"currency": "eur"}, currency="EUR"),
    _price({"currency": "jpy"}, currency="JPY", unit_amount="1000"),
    _price({"currency": "kwd"}, currency="KWD", unit_amount="1"),
    _price({"recurring.interval": "day"}, billing_period="DAILY"),
    _price({"recurring.interval": "week"}, billing_period="WEEKLY"),
    _price({"recurring.interval": "year"}, billing_period="ANNUAL"),
    _price({"recurring.interval_count": 3}, billing_period="QUARTERLY"),
    _price({"recurring.interval_count": 6}, billing_period="HALF_YEARLY"),
    _price({"recurring": None, "type": "one_time"}, billing_period="ONETIME"),
    _price({"recurring.interval_count": 2}, billing_period_count=2),
    _price({"recurring.usage_type": "metered"}, usage_type="metered"),
    _price(
        {"transform_quantity": {"divide_by": 10, "round": "up"}}, billing_model="package", package_size=10
    ),
    _price(
        {"transform_quantity": {"divide_by": 10, "round": "down"}},
        billing_model="package",
        package_size=10,
        package_rounding="down",
    ),
    _price(_TIERED, billing_model="tiered", tier_mode="volume", tiers=_TIERS_HERE, unit_amount="0"),
    _price({"nickname": "Chair"}, description="Chair"),
    _price({"nickname": "x" * 300}, description="x" * 300),
    _price({"nickname": None}, description=""),
    _price({"lookup_key": "chair-#"}, lookup_key="chair-#"),
    _price({"metadata": {"color": "blue"}}, metadata={"color": "blue"}),
    Case("price", "price.updated", {"active": False}, {"Price.status": "archived"}),
    Case("price", "price.updated", {"nickname": "Chair"}, {"Price.description": "Chair"}),
    Case("price", "price.updated", {"lookup_key": "chair-#"}, {"Price.lookup_key": "chair-#"}),
)
_OTHER = price("other") | {"product": "prod_other", "currency": "eur"}
_CANCELS = {"cancel_at_period_end": True, "cancel_at": MOMENT + 30 * DAY, "canceled_at": MOMENT}
SUBSCRIPTIONS = (
    # A subscription cannot move to another customer.
    Case(
        "subscription",
        "customer.subscription.created",
        {"customer": "cus_other"},
        {"Subscription.customer": "cus_other"},
    ),
    *(
        _deal({"status": status}, status=status)
        for status in ("incomplete", "trialing", "past_due", "unpaid", "paused")
    ),
    _deal({"status": "incomplete_expired", "ended_at": MOMENT}, status="cancelled", cancelled_at=MOMENT),
    _deal({"status": "canceled", "canceled_at": MOMENT}, status="cancelled", cancelled_at=MOMENT),
    _deal({"pause_collection": {"behavior": "void", "resumes_at": None}}, status="paused"),
    _deal({"start_date": MOMENT - DAY}, start_at=MOMENT - DAY),
    _deal({"billing_cycle_anchor": MOMENT + 2 * DAY}, billing_anchor=MOMENT + 2 * DAY),
    _deal({"trial_start": MOMENT - 9 * DAY}, trial_start=MOMENT - 9 * DAY),
    _deal({"trial_end": MOMENT + 9 * DAY}, trial_end=MOMENT + 9 * DAY),
    _deal({"cancel_at": MOMENT + 9 * DAY}, cancel_at=MOMENT + 9 * DAY),
    _deal(_CANCELS, cancel_at_period_end=True, cancel_at=MOMENT + 30 * DAY),
    _deal(
        {"collection_method": "send_invoice", "days_until_due": 14},
        collection_method="send_invoice",
        days_until_due=14,
    ),
    # Due on the day on which it is sent.
    _deal(
        {"collection_method": "send_invoice", "days_until_due": 0},
        collection_method="send_invoice",
        days_until_due=0,
    ),
    _deal({"metadata": {"deal": "8"}}, metadata={"deal": "8"}),
    Case(
        "subscription",
        "customer.subscription.updated",
        {"currency": "eur", "items.data.0.price": _OTHER, "items.data.0.plan": plan(_OTHER)},
        {"Subscription.currency": "EUR", "SubscriptionItem.price": "price_other"},
    ),
    _item({"quantity": 4}, quantity="4"),
    _item({"quantity": 0}, quantity="0"),
    _item({"quantity": None}, quantity="1"),
    _item({"current_period_start": MOMENT + DAY}, current_period_start=MOMENT + DAY),
    _item({"current_period_end": MOMENT + 9 * DAY}, current_period_end=MOMENT + 9 * DAY),
    _item({"metadata": {"room": "8"}}, metadata={"room": "8"}),
)
