"""The amounts of a price, and what a quantity of it costs, in minor units."""

from decimal import Decimal
from typing import Any

from ...amounts.minimum_charges import refuse_too_large
from ...amounts.money import rounded
from ...errors import InvalidRequest
from ...state.account import Object


def stated_amounts(params: dict[str, Any], currency: str, at: str = "") -> tuple[int | None, str | None]:
    """Return `unit_amount` and its exact form.

    The first is None if the exact amount has a fraction of a minor unit.
    """
    name = f"{at}[unit_amount]" if at else "unit_amount"
    if "unit_amount" in params and "unit_amount_decimal" in params:
        raise InvalidRequest(
            "You may only specify one of these parameters: unit_amount, unit_amount_decimal.",
            code="parameters_exclusive",
            param=name,
        )
    exact: Decimal | int | None = params.get("unit_amount_decimal", params.get("unit_amount"))
    if exact is None:
        return None, None
    refuse_too_large(exact, currency, name)
    whole = exact == int(exact)
    return (int(exact) if whole else None), format(Decimal(exact).normalize(), "f")


def amount_of(price: Object, quantity: Decimal | int) -> int:
    """Return the amount of a quantity: per unit, by volume tier or by graduated tiers.

    Source: Stripe docs, "Recurring pricing models".
    """
    count = Decimal(quantity)
    transform = price.get("transform_quantity")
    if transform:
        packages, rest = divmod(count, transform["divide_by"])
        count = packages + (1 if rest and transform["round"] == "up" else 0)
    if price["billing_scheme"] == "tiered":
        return rounded(_tiered(price, count))
    return rounded(Decimal(price["unit_amount_decimal"] or 0) * count)


def _tiered(price: Object, quantity: Decimal) -> Decimal:
    total, below = Decimal(0), Decimal(0)
    for tier in price["_tiers"]:
        limit = Decimal("Infinity") if tier["up_to"] is None else Decimal(tier["up_to"])
        flat, unit = Decimal(tier["flat_amount_decimal"] or 0), Decimal(tier["unit_amount_decimal"] or 0)
        if price["tiers_mode"] == "volume" and quantity <= limit:
            return flat + unit * quantity
        if price["tiers_mode"] == "graduated" and (quantity > below or not below):
            total += flat + unit * (min(quantity, limit) - below)
        below = limit
    return total
