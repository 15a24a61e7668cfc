"""Plans and prices beside Stripe's products and prices."""

from billing.events import Kind
from billing.models import Plan, Price
from billing.services.catalog import plans
from integrations.provider_api import Comparison, Json, Linkable
from integrations.providers.stripe.links.objects import Counterpart, belongs, marks, own
from integrations.providers.stripe.push import prices as push_prices
from integrations.providers.stripe.push import products as push_products
from integrations.providers.stripe.push.last_known import LAST_KNOWN
from integrations.providers.stripe.translate import metadata, price_params, products
from integrations.providers.stripe.translate import prices as translate_prices
from integrations.providers.stripe.translate.fields import read_id

# What never changes of a price, on neither side: another amount is another price.
_FIXED = (
    "currency", "unit_amount", "billing_period", "billing_period_count", "billing_model", "usage_type", "tier_mode",
    "tiers", "package_size", "package_rounding",
)  # fmt: skip


def _compare_plan(plan_id: str, product: Json, _counterpart: Counterpart) -> Comparison:
    ours = push_products.params(Plan.objects.get(pk=plan_id))
    theirs = products.current_params(product)
    return Comparison(ours, theirs, own(ours), notes={LAST_KNOWN: theirs})


def _compare_price(price_id: str, stripe_price: Json, counterpart: Counterpart) -> Comparison:
    price = Price.objects.get(pk=price_id)
    ours = push_prices.params(price)
    theirs = price_params.current_params(stripe_price)
    problems = _fixed(price, stripe_price)
    product, plan = read_id(stripe_price, "product"), (Kind.PLAN, price.plan_id)
    problems |= belongs("product", "product", product, counterpart(*plan), plan)
    return Comparison(ours, theirs, own(ours), problems, {LAST_KNOWN: theirs})


def _fixed(price: Price, stripe_price: Json) -> dict[str, str]:
    """What of the price differs and cannot be changed."""
    here, there = plans.price_facts(price), translate_prices.price_facts(stripe_price, price.plan_id)
    return {
        name: f"Stripe's price has {getattr(there, name)!s}, and {price.pk} {getattr(here, name)!s}: a price never changes"
        " what it asks for."
        for name in _FIXED
        if getattr(here, name) != getattr(there, name)
    }


PLANS = Linkable("products.retrieve", _compare_plan, marks(metadata.PLAN_ID))
PRICES = Linkable(
    "prices.retrieve", _compare_price, marks(metadata.PRICE_ID), {"expand": ["tiers", "currency_options"]}
)
