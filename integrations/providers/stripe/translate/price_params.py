"""Prices: billing's facts to Stripe's parameters (pages "Create a price" and "Update a price")."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billing.facts import PriceFacts, TierFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import Json
from integrations.providers.stripe.translate.money import unit_to_minor

_INTERVALS = {
    "DAILY": ("day", 1),
    "WEEKLY": ("week", 1),
    "MONTHLY": ("month", 1),
    "QUARTERLY": ("month", 3),
    "HALF_YEARLY": ("month", 6),
    "ANNUAL": ("year", 1),
}
# Page "Create a price", recurring.interval_count: at most three years.
_LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}
LONGEST_LOOKUP_KEY = 200
Fields = Mapping[str, Any]


def create_params(facts: PriceFacts, price_id: str, environment_id: str) -> dict[str, Any]:
    """The parameters of POST /v1/prices without its product; raises Untranslatable."""
    params: dict[str, Any] = {
        "currency": facts.currency.lower(),
        "metadata": metadata.created(_metadata(facts, price_id, environment_id)),
    }
    if facts.billing_model == "tiered":
        tiers = [_tier(tier, facts.currency) for tier in facts.tiers]
        params |= {"billing_scheme": "tiered", "tiers_mode": facts.tier_mode, "tiers": tiers}
    else:
        params |= _amount("unit_amount", facts.unit_amount, facts.currency)
    if facts.billing_model == "package":
        params["transform_quantity"] = {"divide_by": facts.package_size, "round": facts.package_rounding}
    if facts.description:
        params["nickname"] = facts.description
    return params | _recurring(facts, price_id) | _lookup_key(facts)


def update_params(facts: PriceFacts, price_id: str, environment_id: str, *, active: bool) -> dict[str, Any]:
    """What can still change of a price (page "Update a price")."""
    return {
        "active": active,
        "nickname": facts.description,
        "lookup_key": facts.lookup_key,
        "metadata": _metadata(facts, price_id, environment_id),
    }


def call_fields(changes: Fields, known: Fields) -> dict[str, Any]:
    """What a call sets for these ``changes``; no key of an archived price: another may have it by now."""
    found = metadata.in_room(changes, known)
    if not changes.get("active", known.get("active")) and found.get("lookup_key"):
        del found["lookup_key"]
    return found


def call_params(params: Json, _known: Json) -> dict[str, Any]:
    """The parameters of the call: a lookup key is taken from the price that has it."""
    return {**params, "transfer_lookup_key": True} if params.get("lookup_key") else dict(params)


def current_params(price: Json) -> dict[str, Any]:
    """Stripe's price by the names of ``update_params``."""
    return {
        "active": price.get("active") is not False,
        "nickname": price.get("nickname") or "",
        "lookup_key": price.get("lookup_key") or "",
        "metadata": metadata.of(price),
    }


def _recurring(facts: PriceFacts, price_id: str) -> dict[str, Any]:
    if facts.usage_type == "metered":
        # Page "Record usage for billing with the API": since 2025-03-31 each such price needs a meter, which
        # says how events become a quantity; nothing here knows that.
        raise Untranslatable(
            f"{price_id} is metered, and Stripe needs a meter for it, which FlexSync cannot make. Make the meter and the"
            " price at Stripe instead: with plan_inbound_enabled on, the price comes here."
        )
    if facts.billing_period == "ONETIME":
        return {}
    interval, times = _INTERVALS[facts.billing_period]
    count = times * facts.billing_period_count
    if count > _LONGEST[interval]:
        raise Untranslatable(
            f"{price_id} is due every {count} {interval}s, but Stripe's longest interval is {_LONGEST[interval]}"
            f" {interval}s: make a price with a shorter period."
        )
    return {"recurring": {"interval": interval, "interval_count": count}}


def _lookup_key(facts: PriceFacts) -> dict[str, Any]:
    """Moves the key from the price that has it at Stripe: here this is the only active price with it."""
    if not 0 < len(facts.lookup_key) <= LONGEST_LOOKUP_KEY:
        return {}
    return {"lookup_key": facts.lookup_key, "transfer_lookup_key": True}


def _tier(tier: TierFacts, currency: str) -> dict[str, Any]:
    return {
        "up_to": "inf" if tier.up_to is None else tier.up_to,
        **_amount("unit_amount", tier.unit_amount, currency),
        **_amount("flat_amount", tier.flat_amount, currency),
    }


def _amount(name: str, amount: Decimal, currency: str) -> dict[str, Any]:
    """Whole minor units as an integer, fractions of one as a decimal (page "Decimal amounts")."""
    minor = unit_to_minor(amount, currency)
    if minor == minor.to_integral_value():
        return {name: int(minor)}
    return {f"{name}_decimal": f"{minor:f}"}


def _metadata(facts: PriceFacts, price_id: str, environment_id: str) -> dict[str, str]:
    reserved = {
        metadata.PRICE_ID: price_id,
        metadata.PLAN_ID: facts.plan_id,
        metadata.ENVIRONMENT: environment_id,
        **metadata.SOURCE_IS_FLEXSYNC,
    }
    return metadata.desired(reserved, facts.metadata)
