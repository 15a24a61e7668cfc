"""Prices: Stripe's price, in either dialect, to billing's facts (page "The Price object")."""

from decimal import Decimal

from billing.facts import PriceFacts, TierFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.money import unit_from_minor
from integrations.providers.stripe.translate.shapes import Json, text_of

# Names that billing has for an interval of several months; every other interval keeps its count.
_NAMED_INTERVALS = {("month", 3): ("QUARTERLY", 1), ("month", 6): ("HALF_YEARLY", 1)}
INTERVALS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "ANNUAL"}
TIER_MODES = {"graduated": "graduated", "volume": "volume"}
USAGE_TYPES = {"licensed": "licensed", "metered": "metered"}


def price_facts(price: Json, plan_id: str) -> PriceFacts:
    """What Stripe's price asserts; raises Untranslatable for a price that billing cannot express."""
    currency = str(price["currency"]).upper()
    recurring = price.get("recurring") or {}
    period, count = _period(recurring)
    tiered = price.get("billing_scheme") == "tiered"
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
        description=text_of(price, "nickname", 255),
        lookup_key=text_of(price, "lookup_key", 255),
        metadata=metadata.not_ours(price),
    )


def _period(recurring: Json) -> tuple[str, int]:
    if not recurring:
        return "ONETIME", 1
    interval, count = str(recurring["interval"]), int(recurring.get("interval_count") or 1)
    return _NAMED_INTERVALS.get((interval, count)) or (INTERVALS[interval], count)


def _unit_amount(price: Json, currency: str) -> Decimal:
    amount = price.get("unit_amount_decimal")
    amount = price.get("unit_amount") if amount is None else amount
    if amount is None:
        raise Untranslatable(f"{price['id']} lets the customer choose the amount, which no price here can.")
    return unit_from_minor(amount, currency)


def _package_size(price: Json) -> int:
    """How many units a package holds, 0 when the price is not by the package."""
    transform = price.get("transform_quantity")
    if not transform:
        return 0
    if transform["round"] != "up":
        raise Untranslatable(
            f"{price['id']} rounds packages {transform['round']}; here a started package counts."
        )
    return int(transform["divide_by"])


def _tiers(price: Json, currency: str) -> tuple[TierFacts, ...]:
    tiers = price.get("tiers")
    if not tiers:
        # "tiers" is an expandable field (page "The Price object"), and an event expands nothing.
        raise Untranslatable(
            f"{price['id']} has tiers that Stripe's event does not carry: set it up here by hand."
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
