"""Prices, and plans as prices: the page "The Plan object" has what came before 2020."""

from typing import Any

from integrations.providers.stripe.translate.fields import Json, read_objects
from integrations.providers.stripe.translate.older_spellings.renaming import fill, unchanged_or, without

# What the fields of a plan are called in a price.
_OF_PLAN = {
    "amount": "unit_amount",
    "amount_decimal": "unit_amount_decimal",
    "transform_usage": "transform_quantity",
}
_RECURRING = ("interval", "interval_count", "usage_type", "meter", "trial_period_days")
_OLD = frozenset((*_OF_PLAN, *_RECURRING, "aggregate_usage"))


def current(price: Json) -> Json:
    """A price, or a plan as one."""
    tiers = read_objects(price, "tiers")
    spelled = unchanged_or(tiers, _tier)
    if spelled is not tiers:
        price = {**price, "tiers": spelled}
    if _OLD.isdisjoint(price):
        return price
    recurring = {name: price[name] for name in _RECURRING if price.get(name) is not None}
    made = {new: price.get(old) for old, new in _OF_PLAN.items()}
    return fill(without(price, _OLD), {**made, "recurring": recurring or None})


def of_item(item: Json) -> Json | None:
    """The price of a subscription's item, of which the oldest versions say the plan only."""
    found: Any = item.get("price") or item.get("plan")
    return current(found) if isinstance(found, dict) else found


def _tier(tier: Json) -> Json:
    """Until 2018-05-21 a tier's amount per unit was its amount."""
    if "amount" not in tier:
        return tier
    return fill(without(tier, ("amount",)), {"unit_amount": tier["amount"]})
