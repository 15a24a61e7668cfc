"""Prices: Stripe's price to billing's facts (page "The Price object")."""

from decimal import Decimal
from typing import Any

from billing import texts
from billing.facts import ZERO, PriceFacts, TierFacts
from integrations.providers.stripe.translate import metadata, money
from integrations.providers.stripe.translate.amounts import read_currency, read_unit_amount
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import (
    Json,
    read_member,
    read_object,
    read_objects,
    read_whole,
    text_that_fits,
    unreadable,
)

# Billing's names for intervals of several months; every other interval keeps its count.
_NAMED_INTERVALS = {("month", 3): ("QUARTERLY", 1), ("month", 6): ("HALF_YEARLY", 1)}
INTERVALS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "ANNUAL"}
TIER_MODES = {"graduated": "graduated", "volume": "volume"}
USAGE_TYPES = {"licensed": "licensed", "metered": "metered"}
IS_TIERED = {"per_unit": False, "tiered": True}
_TEXTS = {"description": ("nickname", texts.LONGEST), "lookup_key": ("lookup_key", texts.LONGEST_KEY)}
# What of a price no event carries (page "The Price object").
EXPANDABLE = ["tiers", "currency_options"]
# Whether a started package counts in full, or not at all.
PACKAGE_ROUNDING = {"up": "up", "down": "down"}


def price_facts(price: Json, plan_id: str) -> PriceFacts:
    """What Stripe's price says; raises Untranslatable for a price that billing cannot express."""
    currency = read_currency(price)
    recurring = read_object(price, "recurring")
    period, count = _period(recurring)
    tiered = is_tiered(price)
    package = read_object(price, "transform_quantity")
    return PriceFacts(
        plan_id=plan_id,
        currency=currency,
        unit_amount=ZERO if tiered else _unit_amount(price, currency),
        billing_period=period,
        billing_period_count=count,
        billing_model="tiered" if tiered else "package" if package else "flat",
        usage_type=read_member(recurring, "usage_type", USAGE_TYPES, "licensed"),
        tier_mode=read_member(price, "tiers_mode", TIER_MODES) if tiered else "",
        tiers=_tiers(price, currency) if tiered else (),
        package_size=read_whole(package, "divide_by") if package else 1,
        package_rounding=read_member(package, "round", PACKAGE_ROUNDING) if package else "up",
        **changes(price),
    )


def changes(price: Json) -> dict[str, Any]:
    """What can change of a price, by the names of PriceFacts, without what cannot be held here.

    The amounts never change, not at Stripe either.
    """
    found = {name: text_that_fits(price, field, longest) for name, (field, longest) in _TEXTS.items()}
    return {name: text for name, text in found.items() if text is not None} | {
        "metadata": metadata.custom(price),
        **currency_options(price),
    }


def currency_options(price: Json) -> dict[str, dict[str, Decimal]]:
    """The unit amounts in other currencies, where Stripe sent them: "currency_options" is expandable.

    It includes the price's own currency. A currency without a unit amount cannot be stored here, nor one that
    is not known here.
    """
    options = read_object(price, "currency_options")
    if not shows_currencies(price):
        return {}
    amounts = {
        code.upper(): amount
        for code in options
        if code != price["currency"] and money.is_supported(code.upper())
        if (amount := read_unit_amount(read_object(options, code), "unit_amount", code)) is not None
    }
    return {"currency_options": amounts}


def shows_currencies(price: Json) -> bool:
    """Whether Stripe sent what it costs in other currencies."""
    return price.get("currency_options") is not None


def unit_amount(price: Json) -> Decimal | None:
    """What one unit costs in major units, None where Stripe does not say."""
    return read_unit_amount(price, "unit_amount", read_currency(price))


def is_whole(price: Json) -> bool:
    """Whether Stripe sent what a price here needs: "tiers" is expandable, and old plans name no product."""
    return bool(price.get("product")) and not (is_tiered(price) and not price.get("tiers"))


def is_tiered(price: Json) -> bool:
    """Whether it has tiers in the place of an amount per unit."""
    return read_member(price, "billing_scheme", IS_TIERED, "per_unit")


def _period(recurring: Json) -> tuple[str, int]:
    if not recurring:
        return "ONETIME", 1
    period, count = read_member(recurring, "interval", INTERVALS), read_whole(recurring, "interval_count", 1)
    return _NAMED_INTERVALS.get((recurring["interval"], count)) or (period, count)


def _unit_amount(price: Json, currency: str) -> Decimal:
    amount = read_unit_amount(price, "unit_amount", currency)
    if amount is None:
        raise unreadable(price, "unit_amount", "an amount")
    return amount


def _tiers(price: Json, currency: str) -> tuple[TierFacts, ...]:
    tiers = read_objects(price, "tiers")
    if not tiers:
        raise Untranslatable(
            f"{price['id']} has tiers, but Stripe did not send them: enter the price here by hand."
        )
    return tuple(
        TierFacts(
            up_to=None if tier.get("up_to") is None else read_whole(tier, "up_to"),
            unit_amount=read_unit_amount(tier, "unit_amount", currency) or ZERO,
            flat_amount=read_unit_amount(tier, "flat_amount", currency) or ZERO,
        )
        for tier in tiers
    )
