"""Prices: Stripe's price to billing's facts (page "The Price object")."""

from decimal import Decimal
from typing import Any

from billing.facts import PriceFacts, TierFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import Json, text_of
from integrations.providers.stripe.translate.money import unit_from_minor

# Billing's names for intervals of several months; every other interval keeps its count.
_NAMED_INTERVALS = {("month", 3): ("QUARTERLY", 1), ("month", 6): ("HALF_YEARLY", 1)}
INTERVALS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "ANNUAL"}
TIER_MODES = {"graduated": "graduated", "volume": "volume"}
USAGE_TYPES = {"licensed": "licensed", "metered": "metered"}
IS_TIERED = {"per_unit": False, "tiered": True}
# Whether a started package counts in full, as it does here.
STARTED_PACKAGE_COUNTS = {"up": True, "down": False}


def price_facts(price: Json, plan_id: str) -> PriceFacts:
    """What Stripe's price says; raises Untranslatable for a price that billing cannot express."""
    currency = str(price["currency"]).upper()
    recurring = price.get("recurring") or {}
    period, count = _period(recurring)
    tiered = _is_tiered(price)
    package_size = _package_size(price)
    return PriceFacts(
        plan_id=plan_id,
        currency=currency,
        unit_amount=Decimal(0) if tiered else _unit_amount(price, currency),
        billing_period=period,
        billing_period_count=count,
        billing_model="tiered" if tiered else "package" if package_size else "flat",
        usage_type=USAGE_TYPES[recurring.get("usage_type") or "licensed"],
        tier_mode=TIER_MODES[price["tiers_mode"]] if tiered else "",
        tiers=_tiers(price, currency) if tiered else (),
        package_size=package_size or 1,
        **changes(price),
    )


def changes(price: Json) -> dict[str, Any]:
    """What can change of a price, by the names of PriceFacts: the amounts never do, not at Stripe either."""
    return {
        "description": text_of(price, "nickname", 255),
        "lookup_key": text_of(price, "lookup_key", 255),
        "metadata": metadata.custom(price),
        **_currency_options(price),
    }


def _currency_options(price: Json) -> dict[str, dict[str, Decimal]]:
    """The unit amounts in other currencies, where Stripe sent them: "currency_options" is expandable.

    It includes the price's own currency. A currency without a unit amount cannot be stored here.
    """
    options = price.get("currency_options")
    if not isinstance(options, dict):
        return {}
    amounts = {
        code.upper(): unit_from_minor(option["unit_amount_decimal"], code.upper())
        for code, option in options.items()
        if code != price["currency"] and option.get("unit_amount_decimal") is not None
    }
    return {"currency_options": amounts}


def lacks_tiers(price: Json) -> bool:
    """Whether the price has tiers that Stripe did not send: "tiers" is an expandable field."""
    return _is_tiered(price) and not price.get("tiers")


def _is_tiered(price: Json) -> bool:
    return IS_TIERED[price.get("billing_scheme") or "per_unit"]


def _period(recurring: Json) -> tuple[str, int]:
    if not recurring:
        return "ONETIME", 1
    interval, count = str(recurring["interval"]), int(recurring.get("interval_count") or 1)
    return _NAMED_INTERVALS.get((interval, count)) or (INTERVALS[interval], count)


def _unit_amount(price: Json, currency: str) -> Decimal:
    amount = price.get("unit_amount_decimal")
    amount = price.get("unit_amount") if amount is None else amount
    if amount is None:
        raise Untranslatable(
            f"{price['id']} lets the customer choose the amount, which prices here do not support."
        )
    return unit_from_minor(amount, currency)


def _package_size(price: Json) -> int:
    """How many units a package has, 0 when the price is not by the package."""
    transform = price.get("transform_quantity")
    if not transform:
        return 0
    if not STARTED_PACKAGE_COUNTS[transform["round"]]:
        raise Untranslatable(
            f"{price['id']} rounds packages {transform['round']}, but prices here always count a started package in full."
        )
    return int(transform["divide_by"])


def _tiers(price: Json, currency: str) -> tuple[TierFacts, ...]:
    tiers = price.get("tiers")
    if not tiers:
        raise Untranslatable(
            f"{price['id']} has tiers, but Stripe did not send them: enter the price here by hand."
        )
    return tuple(
        TierFacts(
            up_to=tier.get("up_to"),
            unit_amount=_tier_amount(tier, "unit_amount", currency),
            flat_amount=_tier_amount(tier, "flat_amount", currency),
        )
        for tier in tiers
    )


def _tier_amount(tier: Json, name: str, currency: str) -> Decimal:
    amount = tier.get(f"{name}_decimal")
    amount = tier.get(name) if amount is None else amount
    return unit_from_minor(amount or 0, currency)
