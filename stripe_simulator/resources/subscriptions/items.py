"""Subscription items, each with its own period. Source: Stripe changelog, basil, "per-item periods"."""

from typing import Any

from ...errors import InvalidRequest, missing
from ...metadata import merged
from ...periods import period_end
from ...state.account import Account, Object
from ..catalog.plans import plan_of
from ..catalog.price_currencies import in_currency
from ..catalog.prices import new_price
from ..catalog.tax_rates import usable_rates
from ..invoices.line_pricing import refuse_inactive
from .billing_anchors import check_reach
from .discounts import set_discounts


def new_items(account: Account, subscription: Object, given: list[dict[str, Any]]) -> list[Object]:
    """Return items that are not yet stored; the first price decides the currency unless one is given."""
    items = [_new_item(account, subscription, entry, f"items[{index}]") for index, entry in enumerate(given)]
    refuse_twice([item["price"]["id"] for item in items])
    return items


def refuse_twice(prices: list[str]) -> None:
    """Refuse a price that is subscribed to twice; more of it is a quantity."""
    twice = next((price for price in prices if prices.count(price) > 1), None)
    if twice is not None:
        raise InvalidRequest(
            f"Cannot create a Subscription with multiple Subscription Items with the same Price: {twice}",
            param="plan",
        )


def _new_item(account: Account, subscription: Object, given: dict[str, Any], at: str) -> Object:
    price = _price(account, subscription, given, at)
    start, end = _period(account, subscription, price)
    return {
        "id": account.new_id("si", 14),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": account.now,
        "current_period_end": end,
        "current_period_start": start,
        "discounts": [],
        "metadata": merged({}, given.get("metadata", {})),
        "plan": plan_of(price),
        "price": account.render(price),
        "quantity": None if price["recurring"]["usage_type"] == "metered" else _quantity(given, at),
        "subscription": subscription["id"],
        "tax_rates": _rates(account, given, at),
        "_once_discounts": [],
    }


def _quantity(given: dict[str, Any], at: str) -> int:
    quantity: int = given.get("quantity", 1)
    if quantity < 0:
        raise InvalidRequest(
            "Invalid non-negative integer", code="parameter_invalid_integer", param=f"{at}[quantity]"
        )
    return quantity


def _rates(account: Account, given: dict[str, Any], at: str) -> list[Object]:
    rates = usable_rates(account, given.get("tax_rates"), f"{at}[tax_rates]")
    return [account.render(rate) for rate in rates]


def change_items(account: Account, subscription: Object, given: list[dict[str, Any]]) -> list[Object]:
    """Change or delete items by id, or add new ones (without an id); return those to bill anew.

    Source: Stripe API reference, "Update a subscription": another interval, or paid after free, bills at
    once.
    """
    _check_prices(account, subscription, given)
    anew = []
    for index, entry in enumerate(given):
        at = f"items[{index}]"
        if not entry.get("id"):
            item = account.add(_new_item(account, subscription, entry, at))
            subscription["_items"] = [*subscription["_items"], item["id"]]
            set_discounts(account, subscription, item, entry.get("discounts"))
            continue
        item = _item_of(account, subscription, entry["id"], at)
        if entry.get("deleted"):
            subscription["_items"] = [id for id in subscription["_items"] if id != item["id"]]
            account.remove(item)
        elif _change(account, subscription, item, entry, at):
            anew.append(item)
    return anew


def _item_of(account: Account, subscription: Object, id: str, at: str) -> Object:
    item = account.get("subscription_item", id, f"{at}[id]")
    if item["id"] not in subscription["_items"]:
        raise missing("subscription_item", id, f"{at}[id]")
    return item


def _check_prices(account: Account, subscription: Object, given: list[dict[str, Any]]) -> None:
    """Refuse a change after which a price is there twice, or none is left."""
    prices = {id: account.objects[id]["price"]["id"] for id in subscription["_items"]}
    for index, entry in enumerate(given):
        key = entry.get("id") or f"new {index}"
        if entry.get("deleted"):
            prices.pop(key, None)
        elif entry.get("price"):
            prices[key] = entry["price"]
        elif "price_data" in entry:
            prices[key] = f"inline {index}"
    refuse_twice(list(prices.values()))
    if not prices:
        raise InvalidRequest(
            "A subscription must have at least one active plan. Cancel the subscription instead."
        )


def _change(account: Account, subscription: Object, item: Object, entry: dict[str, Any], at: str) -> bool:
    """Return whether the change begins a new period."""
    item["metadata"] = merged(item["metadata"], entry.get("metadata", {}))
    if "quantity" in entry:
        item["quantity"] = _quantity(entry, at)
    if "tax_rates" in entry:
        item["tax_rates"] = _rates(account, entry, at)
    if "discounts" in entry:
        set_discounts(account, subscription, item, entry["discounts"])
    if not (entry.get("price") or entry.get("price_data")):
        return False
    return _change_price(account, subscription, item, entry, at)


def _change_price(
    account: Account, subscription: Object, item: Object, entry: dict[str, Any], at: str
) -> bool:
    """Return whether the new price begins a new period."""
    price, former = _price(account, subscription, entry, at), item["price"]
    item.update(price=account.render(price), plan=plan_of(price))
    if former["id"] != price["id"] and "quantity" not in entry:
        item["quantity"] = 1
    rhythm = ("interval", "interval_count")
    slower_or_faster = any(former["recurring"][name] != price["recurring"][name] for name in rhythm)
    return slower_or_faster or (former["unit_amount_decimal"] == "0" != price["unit_amount_decimal"])


def _price(account: Account, subscription: Object, given: dict[str, Any], at: str) -> Object:
    """Return a recurring price with an amount in the subscription's currency, which the first one decides."""
    price = _recurring_price(account, given, at)
    subscription["currency"] = subscription["currency"] or price["currency"]
    if in_currency(price, subscription["currency"]) is None:
        raise InvalidRequest(
            f"The price specified supports currencies of `{price['currency']}`. This doesn't match the expected"
            f" currency: `{subscription['currency']}`.",
            param=f"{at}[price]",
        )
    return price


def _recurring_price(account: Account, given: dict[str, Any], at: str) -> Object:
    if "price_data" in given:
        return new_price(account, given["price_data"], inline=True)
    if not given.get("price"):
        raise InvalidRequest(
            f"Missing required param: {at}[price].", code="parameter_missing", param=f"{at}[price]"
        )
    price = account.get("price", given["price"], f"{at}[price]")
    if price["recurring"] is None:
        raise InvalidRequest(
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
            param=f"{at}[price]",
        )
    refuse_inactive(price, f"{at}[price]")
    return price


def _period(account: Account, subscription: Object, price: Object) -> tuple[int, int]:
    if subscription["trial_end"] and subscription["trial_end"] > account.now:
        return account.now, subscription["trial_end"]
    rhythm = (price["recurring"]["interval"], price["recurring"]["interval_count"])
    check_reach(
        subscription["billing_cycle_anchor"], account.now, period_end(account.now, account.now, *rhythm)
    )
    return account.now, period_end(subscription["billing_cycle_anchor"], account.now, *rhythm)
