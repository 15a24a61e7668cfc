"""The tiers of a price."""

from decimal import Decimal
from typing import Any

from ...state.account import Object


def tiers(given: list[dict[str, Any]] | None) -> list[Object] | None:
    """Return tiers as the API shows them: `inf` is null, and each amount is also exact text."""
    return None if given is None else [_tier(tier) for tier in given]


def _tier(given: dict[str, Any]) -> Object:
    tier: Object = {"up_to": None if given["up_to"] == "inf" else given["up_to"]}
    for name in ("flat_amount", "unit_amount"):
        exact = given.get(f"{name}_decimal", given.get(name))
        tier[name] = int(exact) if exact is not None and Decimal(exact) == int(exact) else None
        tier[f"{name}_decimal"] = None if exact is None else format(Decimal(exact).normalize(), "f")
    return tier
