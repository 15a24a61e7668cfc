"""What a line costs: a price, inline price data, or a plain amount."""

from decimal import Decimal
from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from .price_amounts import amount_of
from .prices import new_price

_WAYS = ("amount", "price_data", "pricing")


def priced(
    account: Account, params: dict[str, Any], currency: str, at: str
) -> tuple[int, Object | None, Decimal]:
    """The amount in minor units, the line's `pricing`, and the quantity."""
    given = [way for way in _WAYS if params.get(way) is not None]
    if len(given) != 1:
        raise InvalidRequest(
            f"You must specify exactly one of amount, pricing or price_data on {at}.",
            code="parameter_missing",
            param=at,
        )
    quantity = Decimal(params.get("quantity_decimal", params.get("quantity", 1)))
    if given == ["amount"]:
        if "quantity" in params and params["quantity"] != 1:
            raise InvalidRequest("You cannot specify both amount and quantity.", param=f"{at}[quantity]")
        return params["amount"], pricing_of(_plain_price(account, params, currency)), Decimal(1)
    price = _price(account, params, at)
    if price["currency"] != currency:
        raise InvalidRequest(
            f"The price specified is in {price['currency']}, but the invoice is in {currency}.",
            param=f"{at}[pricing]",
        )
    return amount_of(price, quantity), pricing_of(price), quantity


def _price(account: Account, params: dict[str, Any], at: str) -> Object:
    if "price_data" in params:
        return new_price(account, params["price_data"], inline=True)
    price = account.get("price", params["pricing"].get("price"), f"{at}[pricing][price]")
    if price["type"] == "recurring":
        raise InvalidRequest(
            "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.",
            param=f"{at}[pricing][price]",
        )
    return price


def _plain_price(account: Account, params: dict[str, Any], currency: str) -> Object:
    """The hidden price behind a plain amount. It causes no events (assumed) and is in no list."""
    product_id, price_id = (
        f"prod_Inline{currency}",
        f"price_Inline{currency}{params['amount']}".replace("-", "m"),
    )
    return {"id": price_id, "product": product_id, "unit_amount_decimal": str(params["amount"])}


def pricing_of(price: Object) -> Object:
    """How a line refers to its price."""
    return {
        "price_details": {"price": price["id"], "product": price["product"]},
        "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"],
    }
