"""Plans and prices beside Stripe's products and prices."""

from decimal import Decimal
from typing import Any

from billing.events import Kind
from billing.facts import PriceTerms
from billing.models import Price
from billing.services.catalog import plans
from integrations.provider_api import Comparison, Json, Linkable, Place
from integrations.providers.stripe.links.objects import belongs, compared, marks
from integrations.providers.stripe.merging.plans import PLAN
from integrations.providers.stripe.merging.prices import PRICE
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate import prices as translate_prices
from integrations.providers.stripe.translate.fields import read_id


def _compare_plan(place: Place, plan_id: str, product: Json) -> Comparison:
    return compared(PLAN, place, plan_id, product, {})


def _compare_price(place: Place, price_id: str, stripe_price: Json) -> Comparison:
    price = Price.objects.get(pk=price_id)
    problems = _fixed(price, stripe_price)
    problems |= belongs(place, "product", read_id(stripe_price, "product"), Kind.PLAN, price.plan_id)
    return compared(PRICE, place, price_id, stripe_price, problems)


def _fixed(price: Price, stripe_price: Json) -> dict[str, str]:
    """What of the price differs and cannot be changed."""
    here, there = plans.price_facts(price), translate_prices.price_facts(stripe_price, price.plan_id)
    return {
        name: f"Stripe's price has {_said(getattr(there, name))}, and {price.pk} {_said(getattr(here, name))}: a price never"
        " changes what it asks for."
        for name in PriceTerms._fields
        if getattr(here, name) != getattr(there, name)
    }


def _said(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


PLANS = Linkable("products.retrieve", _compare_plan, marks(metadata.PLAN_ID))
PRICES = Linkable(
    "prices.retrieve", _compare_price, marks(metadata.PRICE_ID), {"expand": translate_prices.EXPANDABLE}
)
