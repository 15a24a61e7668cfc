"""Customers, products, prices and subscriptions of the corpus."""

from typing import Any

from integrations.providers.stripe.tests.corpus.moments import CUSTOMER, DAY, MOMENT, PRODUCT
from integrations.providers.stripe.tests.corpus.sdk_types import whole

Json = dict[str, Any]


def listed(*data: Json) -> Json:
    """A list object with all of ``data``."""
    return {"object": "list", "data": list(data), "has_more": False, "url": "/v1/list"}


def customer(tag: str) -> Json:
    address = {
        "line1": "12 St James's Square",
        "line2": "Floor 2",
        "city": "London",
        "state": "Greater London",
        "postal_code": "SW1Y 4JH",
        "country": "GB",
    }
    settings = {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    }
    return whole(
        "customer",
        id=f"cus_{tag}",
        created=MOMENT,
        name="Ada Lovelace",
        email="ada@example.com",
        phone="+44 20 7946 0958",
        address=address,
        currency="usd",
        balance=0,
        invoice_settings=settings,
        preferred_locales=["en-GB", "fr"],
        metadata={"tier": "gold", "external_id": f"crm-{tag}"},
    )


def tax_id(tag: str) -> Json:
    """A tax id of the customer."""
    verification = {"status": "verified", "verified_address": None, "verified_name": None}
    values = {"type": "eu_vat", "value": "DE123456789", "country": "DE", "verification": verification}
    return whole("tax_id", id=f"txi_{tag}", created=MOMENT, customer=f"cus_{tag}", **values)


def product(tag: str) -> Json:
    values = {"name": "Growth", "description": "For teams", "active": True, "metadata": {"line": "a"}}
    return whole("product", id=f"prod_{tag}", created=MOMENT, updated=MOMENT, type="service", **values)


def price(tag: str) -> Json:
    recurring = {
        "interval": "month",
        "interval_count": 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
    return whole(
        "price",
        id=f"price_{tag}",
        created=MOMENT,
        active=True,
        billing_scheme="per_unit",
        currency="usd",
        lookup_key=f"seat-{tag}",
        nickname="Seat",
        product=PRODUCT,
        recurring=recurring,
        tax_behavior="exclusive",
        type="recurring",
        unit_amount=1000,
        unit_amount_decimal="1000",
        metadata={"color": "red"},
    )


def plan(of: Json) -> Json:
    """The price as a plan, which items carry beside it."""
    recurring = of["recurring"]
    names = ("id", "active", "billing_scheme", "created", "currency", "nickname", "product", "tiers_mode")
    return whole(
        "plan",
        **{name: of[name] for name in names},
        amount=of["unit_amount"],
        amount_decimal=of["unit_amount_decimal"],
        interval=recurring["interval"],
        interval_count=recurring["interval_count"],
        usage_type=recurring["usage_type"],
        metadata=of["metadata"],
    )


def item(tag: str) -> Json:
    of = price("corpus")
    return whole(
        "subscription_item",
        id=f"si_{tag}",
        created=MOMENT,
        current_period_start=MOMENT,
        current_period_end=MOMENT + 30 * DAY,
        plan=plan(of),
        price=of,
        quantity=3,
        subscription=f"sub_{tag}",
        tax_rates=[],
        metadata={"room": "7"},
    )


def subscription(tag: str) -> Json:
    return whole(
        "subscription",
        id=f"sub_{tag}",
        created=MOMENT,
        start_date=MOMENT,
        billing_cycle_anchor=MOMENT + DAY,
        currency="usd",
        collection_method="charge_automatically",
        days_until_due=None,
        customer=CUSTOMER,
        items=listed(item(tag)),
        status="active",
        trial_start=MOMENT - 14 * DAY,
        trial_end=MOMENT,
        metadata={"deal": "7"},
    )
