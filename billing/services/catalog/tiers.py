"""Reads tiers, and refuses prices whose tiers do not cover every quantity once."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billing import money
from billing.errors import Invalid
from billing.facts import PriceFacts, TierFacts
from billing.models.plans import BillingModel
from billing.services import json_input
from billing.services.currencies import check_unit_amount

MOST, MOST_UNITS = 100, 10**15
LIKE = '[{"up_to": 100, "unit_amount": "0.10"}, {"up_to": null, "unit_amount": "0.08"}]'
AMOUNTS = ("unit_amount", "flat_amount")


def parse(value: Any) -> tuple[TierFacts, ...]:
    """Tiers as callers write them, amounts in major units as text; raises Invalid."""
    found = json_input.read_objects(value, "tiers", most=MOST, like=LIKE)
    return tuple(_parsed(one, f"tiers[{index}]") for index, one in enumerate(found))


def _parsed(given: Mapping[str, Any], inside: str) -> TierFacts:
    json_input.check_names(given, inside, ("up_to", *AMOUNTS), ("up_to",))
    end = given["up_to"]
    if end is not None and not (type(end) is int and 1 <= end <= MOST_UNITS):
        json_input.refuse(inside, "up_to", "Send a whole number of units, or null for a tier without end.")
    return TierFacts(end, **{name: _amount(given[name], inside, name) for name in AMOUNTS if name in given})


def _amount(given: Any, inside: str, name: str) -> Decimal:
    try:
        return money.number_of(given)
    except money.MoneyError as error:
        json_input.refuse(inside, name, str(error))


def check_tiers(facts: PriceFacts) -> None:
    """Raises Invalid unless a tiered price, and no other, has tiers that rise to one without end."""
    if facts.billing_model != BillingModel.TIERED:
        if facts.tiers or facts.tier_mode:
            raise Invalid.of({"tiers": "Only a price with billing_model tiered has tiers and a tier_mode."})
        return
    if not facts.tiers or not facts.tier_mode:
        raise Invalid.of({"tiers": "A tiered price needs tiers and a tier_mode: graduated or volume."})
    if facts.unit_amount:
        raise Invalid.of({"unit_amount": "A tiered price has its unit_amounts in its tiers."})
    ends = [tier.up_to for tier in facts.tiers]
    rising = [end for end in ends[:-1] if end is not None]
    if ends[-1] is not None or len(rising) != len(ends) - 1:
        raise Invalid.of({"tiers": "The last tier, and no other, has up_to null: it has no end."})
    if any(later <= earlier for earlier, later in zip([0, *rising], rising, strict=False)):
        raise Invalid.of({"tiers": "Each tier's up_to must be above the one before."})
    for index, tier in enumerate(facts.tiers):
        _check_amounts(tier, f"tiers[{index}].")


def _check_amounts(tier: TierFacts, inside: str) -> None:
    """Raises Invalid for negative amounts and for more digits than a price holds."""
    for name, amount in (("unit_amount", tier.unit_amount), ("flat_amount", tier.flat_amount)):
        check_unit_amount(amount, f"{inside}{name}")
