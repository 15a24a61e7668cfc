"""The tiers of a price."""

from decimal import Decimal
from typing import Any

from ...amounts.minimum_charges import refuse_too_large
from ...state.account import Object


def tiers(given: list[dict[str, Any]] | None, currency: str, at: str) -> list[Object] | None:
    """Return tiers as the API shows them: `inf` is null, and each amount is also exact text."""
    if given is None:
        return None
    return [_tier(tier, currency, f"{at}[{index}]") for index, tier in enumerate(given)]


def _tier(given: dict[str, Any], currency: str, at: str) -> Object:
    tier: Object = {"up_to": None if given["up_to"] == "inf" else given["up_to"]}
    for name in ("flat_amount", "unit_amount"):
        exact = given.get(f"{name}_decimal", given.get(name))
        refuse_too_large(exact or 0, currency, f"{at}[{name}]")
        tier[name] = int(exact) if exact is not None and Decimal(exact) == int(exact) else None
        tier[f"{name}_decimal"] = None if exact is None else format(Decimal(exact).normalize(), "f")
    return tier
