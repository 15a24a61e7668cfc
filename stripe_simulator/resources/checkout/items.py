"""The line items of a Checkout Session."""

from decimal import Decimal
from typing import Any

from ...errors import InvalidRequest
from ...metadata import merged
from ...state.account import Account, Object
from ..catalog.price_amounts import amount_of
from ..catalog.prices import new_price
from ..catalog.tax_rates import usable_rates

_MOST, _MOST_RECURRING = 100, 20


def new_items(account: Account, params: dict[str, Any], trial: bool) -> list[Object]:
    """Return items that are not yet stored; all must be in one currency."""
    given, mode = params.get("line_items") or [], params["mode"]
    if len(given) > _MOST:
        raise InvalidRequest(f"You may pass at most {_MOST} line items.", param="line_items")
    items = [_new_item(account, entry, f"line_items[{index}]", mode) for index, entry in enumerate(given)]
    recurring = [item for item in items if item["price"]["recurring"]]
    _check_items(items, len(recurring), mode)
    for item in recurring if trial else ():
        item.update(amount_subtotal=0, amount_total=0)
    return items


def _check_items(items: list[Object], recurring: int, mode: str) -> None:
    if len({item["currency"] for item in items}) > 1:
        raise InvalidRequest(
            "All prices on a Checkout Session must be in the same currency.", param="line_items"
        )
    if mode == "subscription" and not 0 < recurring <= _MOST_RECURRING:
        raise InvalidRequest(
            f"You must provide at least one and at most {_MOST_RECURRING} recurring prices in `subscription` mode.",
            param="line_items",
        )


def _new_item(account: Account, given: dict[str, Any], at: str, mode: str) -> Object:
    price = _price(account, given, at, mode)
    metered = (price["recurring"] or {}).get("usage_type") == "metered"
    quantity = None if metered else given.get("quantity", 1)
    if quantity is not None and quantity < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param=f"{at}[quantity]",
        )
    amount = 0 if metered else amount_of(price, Decimal(quantity or 0))
    return {
        "id": account.new_id("li"),
        "object": "item",
        "adjustable_quantity": _adjustable(given.get("adjustable_quantity")),
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": account.objects[price["product"]]["name"],
        "metadata": merged({}, given.get("metadata") or {}),
        "price": account.render(price),
        "quantity": quantity,
        "_tax_rates": [
            rate["id"] for rate in usable_rates(account, given.get("tax_rates"), f"{at}[tax_rates]")
        ],
    }


def _adjustable(given: dict[str, Any] | None) -> Object | None:
    return {"maximum": 99, "minimum": 0} | given if given else None


def _price(account: Account, given: dict[str, Any], at: str, mode: str) -> Object:
    if "price_data" in given:
        price = new_price(account, given["price_data"], inline=True)
    elif given.get("price"):
        price = account.get("price", given["price"], f"{at}[price]")
    else:
        raise InvalidRequest(
            f"You must specify either `price` or `price_data` on {at}.",
            code="parameter_missing",
            param=f"{at}[price]",
        )
    if not price["active"] and "price_data" not in given:
        raise InvalidRequest(
            "The price specified is inactive. This field only accepts active prices.", param=f"{at}[price]"
        )
    if price["recurring"] is not None and mode == "payment":
        raise InvalidRequest(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only"
            " one-time prices.",
            param=f"{at}[price]",
        )
    if price["custom_unit_amount"]:
        raise InvalidRequest(
            "The simulator's Checkout page does not support custom amounts.", param=f"{at}[price]"
        )
    return price
