"""Subscription items, each with its own period. Source: Stripe changelog, basil, "per-item periods"."""

from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from ..metadata import merged
from ..periods import period_end
from .prices import new_price


def new_items(account: Account, subscription: Object, given: list[dict[str, Any]]) -> list[Object]:
    """Items that are not yet kept."""
    return [_new_item(account, subscription, one, f"items[{index}]") for index, one in enumerate(given)]


def _new_item(account: Account, subscription: Object, given: dict[str, Any], at: str) -> Object:
    price = _price(account, given, at)
    start, end = _period(account, subscription, price)
    return {
        "id": account.new_id("si", 14),
        "object": "subscription_item",
        "billed_until": None,
        "billing_thresholds": None,
        "created": account.now,
        "current_period_end": end,
        "current_period_start": start,
        "discounts": [],
        "metadata": merged({}, given.get("metadata", {})),
        "plan": _plan(price),
        "price": account.render(price),
        "quantity": None if price["recurring"]["usage_type"] == "metered" else given.get("quantity", 1),
        "subscription": subscription["id"],
        "tax_rates": [account.render(account.get("tax_rate", id, at)) for id in given.get("tax_rates") or []],
    }


def change_items(account: Account, subscription: Object, given: list[dict[str, Any]]) -> list[Object]:
    """Change items by id, delete them, or add new ones (those without an id); those that must be billed anew.

    Source: Stripe API reference, "Update a subscription": another interval, or paid after free, bills at once.
    """
    anew = []
    for index, one in enumerate(given):
        at = f"items[{index}]"
        if not one.get("id"):
            item = account.add(_new_item(account, subscription, one, at))
            subscription["_items"].append(item["id"])
            continue
        item = account.get("subscription_item", one["id"], f"{at}[id]")
        if one.get("deleted"):
            subscription["_items"].remove(item["id"])
            account.remove(item)
            continue
        if _change(account, item, one, at):
            anew.append(item)
    return anew


def _change(account: Account, item: Object, one: dict[str, Any], at: str) -> bool:
    """Whether the change begins a new period."""
    item["metadata"] = merged(item["metadata"], one.get("metadata", {}))
    if "quantity" in one:
        item["quantity"] = one["quantity"]
    if not (one.get("price") or one.get("price_data")):
        return False
    price, former = _price(account, one, at), item["price"]
    item.update(price=account.render(price), plan=_plan(price))
    rhythm = ("interval", "interval_count")
    slower_or_faster = any(former["recurring"][name] != price["recurring"][name] for name in rhythm)
    return slower_or_faster or (former["unit_amount_decimal"] == "0" != price["unit_amount_decimal"])


def _price(account: Account, given: dict[str, Any], at: str) -> Object:
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
    return price


def _period(account: Account, subscription: Object, price: Object) -> tuple[int, int]:
    if subscription["trial_end"] and subscription["trial_end"] > account.now:
        return account.now, subscription["trial_end"]
    recurring = price["recurring"]
    end = period_end(
        subscription["billing_cycle_anchor"], account.now, recurring["interval"], recurring["interval_count"]
    )
    return account.now, end


def _plan(price: Object) -> Object:
    """The plan that older integrations read."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": dict(price["metadata"]),
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": price["tiers_mode"],
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": recurring["usage_type"],
    }
