"""Extra items, billed beside those of a subscription.

Source: API reference, "Create a subscription", add_invoice_items.
"""

from typing import Any

from ...state.account import Account, Object
from ..invoices.item_of_line import item_of_line
from ..invoices.lines import new_line
from .periods import items_of


def add_extras(account: Account, subscription: Object, given: list[dict[str, Any]] | None) -> None:
    """Add pending invoice items for the subscription's next invoice."""
    for index, entry in enumerate(given or []):
        at = f"add_invoice_items[{index}]"
        params = {name: value for name, value in entry.items() if name not in ("price", "period")}
        if entry.get("price"):
            params["pricing"] = {"price": entry["price"]}
        params["period"] = _period(account, subscription, entry.get("period", {}))
        home = {"id": None, "currency": subscription["currency"], "customer": subscription["customer"]}
        line = new_line(account, home, params, at)
        item_of_line(account, line, subscription["customer"], subscription["id"])


def _period(account: Account, subscription: Object, given: dict[str, Any]) -> Object:
    items = items_of(account, subscription)
    start, end = given.get("start", {}), given.get("end", {})
    starts = {
        "max_item_period_start": max(item["current_period_start"] for item in items),
        "now": account.now,
        "timestamp": start.get("timestamp"),
    }
    ends = {
        "min_item_period_end": min(item["current_period_end"] for item in items),
        "timestamp": end.get("timestamp"),
    }
    return {
        "start": starts[start.get("type", "max_item_period_start")],
        "end": ends[end.get("type", "min_item_period_end")],
    }
