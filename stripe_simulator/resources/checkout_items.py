"""What is bought in a Checkout Session."""

from decimal import Decimal
from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from .price_amounts import amount_of
from .prices import new_price


def new_items(account: Account, given: list[dict[str, Any]]) -> list[Object]:
    """Items that are not yet kept; all must be in one currency."""
    items = [_new_item(account, one, f"line_items[{index}]") for index, one in enumerate(given)]
    if len({item["currency"] for item in items}) > 1:
        raise InvalidRequest(
            "All prices on a Checkout Session must be in the same currency.", param="line_items"
        )
    return items


def _new_item(account: Account, given: dict[str, Any], at: str) -> Object:
    price = _price(account, given, at)
    quantity = given.get("quantity", 1)
    if quantity < 1:
        raise InvalidRequest("This value must be greater than or equal to 1.", param=f"{at}[quantity]")
    amount = amount_of(price, Decimal(quantity))
    product = account.objects[price["product"]]
    return {
        "id": account.new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": product["name"],
        "metadata": {},
        "price": account.render(price),
        "quantity": quantity,
    }


def _price(account: Account, given: dict[str, Any], at: str) -> Object:
    if "price_data" in given:
        return new_price(account, given["price_data"], inline=True)
    if not given.get("price"):
        raise InvalidRequest(
            f"You must specify either `price` or `price_data` on {at}.",
            code="parameter_missing",
            param=f"{at}[price]",
        )
    price = account.get("price", given["price"], f"{at}[price]")
    if price["recurring"] is not None:
        raise InvalidRequest(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only"
            " one-time prices.",
            param=f"{at}[price]",
        )
    return price
