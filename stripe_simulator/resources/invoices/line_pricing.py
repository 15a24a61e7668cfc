"""What a line costs: a price, inline price data, or a plain amount."""

from decimal import Decimal
from typing import Any

from ...amounts.minimum_charges import refuse_too_large
from ...amounts.money import rounded
from ...errors import InvalidRequest
from ...state.account import Account, Object
from ..catalog.price_amounts import amount_of
from ..catalog.price_currencies import in_currency
from ..catalog.prices import new_price
from .plain_prices import plain_price

_WAYS = ("amount", "price_data", "pricing", "unit_amount_decimal")


def priced(
    account: Account, params: dict[str, Any], currency: str, at: str
) -> tuple[int, Object | None, Decimal]:
    """Return the amount in minor units, the line's `pricing`, and the quantity."""
    given = [way for way in _WAYS if params.get(way) is not None]
    if len(given) != 1:
        raise InvalidRequest(
            f"You must specify exactly one of amount, unit_amount_decimal, pricing or price_data{at and f' on {at}'}.",
            code="parameter_missing",
            param=at or "amount",
        )
    quantity = Decimal(params.get("quantity_decimal", params.get("quantity", 1)))
    if given[0] in ("amount", "unit_amount_decimal"):
        refuse_too_large(params[given[0]], currency, nested(at, given[0]))
    if given == ["amount"]:
        if "quantity" in params and params["quantity"] != 1:
            raise InvalidRequest(
                "You may only specify one of these parameters: amount, quantity.", param=nested(at, "amount")
            )
        return (
            params["amount"],
            pricing_of(plain_price(account, Decimal(params["amount"]), currency)),
            Decimal(1),
        )
    if quantity < 0:
        raise InvalidRequest(
            "Invalid non-negative integer", code="parameter_invalid_integer", param=nested(at, "quantity")
        )
    if given == ["unit_amount_decimal"]:
        unit: Decimal = params["unit_amount_decimal"]
        return rounded(unit * quantity), pricing_of(plain_price(account, unit, currency)), quantity
    named = _price(account, params, at)
    price = in_currency(named, currency)
    if price is None:
        raise InvalidRequest(
            f"The price specified is in {named['currency']}, but the invoice is in {currency}.",
            param=nested(at, "pricing"),
        )
    return amount_of(price, quantity), pricing_of(price), quantity


def _price(account: Account, params: dict[str, Any], at: str) -> Object:
    if "price_data" in params:
        return new_price(account, params["price_data"], inline=True)
    at = nested(at, "pricing") + "[price]"
    price = account.get("price", params["pricing"].get("price"), at)
    if price["type"] == "recurring":
        raise InvalidRequest(
            "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.",
            param=at,
        )
    refuse_inactive(price, at)
    return price


def refuse_inactive(price: Object, at: str) -> None:
    """Refuse an archived price for something new; an inline one stays usable where it was created."""
    if not price["active"] and not price["_inline"]:
        raise InvalidRequest(
            "The price specified is inactive. This field only accepts active prices.", param=at
        )


def nested(at: str, name: str) -> str:
    """Return a parameter's name, inside another one if that is given."""
    return f"{at}[{name}]" if at else name


def requantified(account: Account, line: Object, quantity: Decimal) -> int:
    """Return the amount of another quantity of a line, also when its price has been archived since."""
    pricing = line["pricing"]
    price = account.find("price", pricing["price_details"]["price"])
    if price is None:
        return rounded(Decimal(pricing["unit_amount_decimal"]) * quantity)
    return amount_of(in_currency(price, line["currency"]) or price, quantity)


def pricing_of(price: Object) -> Object:
    """Return a line's `pricing`, which refers to its price."""
    return {
        "price_details": {"price": price["id"], "product": price["product"]},
        "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"],
    }
