"""The fields of a subscription that both sides edit, from its parameters.

An item's are named after its id ("items.si_1.quantity"), a new one's after its price here. How it ends is one
field, and so is how its invoices are collected, because neither of their parameters means anything alone.
"""

from typing import Any

from integrations.providers.stripe.translate.fields import Json
from integrations.providers.stripe.translate.subscription_params import CHARGED

# Names an item that Stripe does not have yet.
NEW_ITEM = "new-"
PERIOD_END, PAUSED = "period_end", "paused"


def fields(params: Json) -> dict[str, Any]:
    """``cancel_at``: a time, or PERIOD_END; ``collection_method``: with the days, if invoices are sent."""
    found = {f"metadata.{key}": value for key, value in params.get("metadata", {}).items()}
    for item in params.get("items", ()):
        found |= _item_fields(item)
    if "collection_method" in params:
        found["collection_method"] = _collection(params)
    if "cancel_at" in params:
        found["cancel_at"] = PERIOD_END if params.get("cancel_at_period_end") else params["cancel_at"] or None
    if "trial_end" in params:
        found["trial_end"] = params["trial_end"] or None
    if "pause_collection" in params:
        found["pause_collection"] = PAUSED if _is_paused(params) else None
    return found


def part_of(field: str) -> str:
    """The item that a field belongs to, as "items.si_1", "" for no item's."""
    first, _, rest = field.partition(".")
    return f"items.{rest.partition('.')[0]}" if first == "items" and rest else ""


def _item_fields(item: Json) -> dict[str, Any]:
    part = f"items.{item['id']}"
    found = {f"{part}.metadata.{key}": value for key, value in item.get("metadata", {}).items()}
    return {f"{part}.price": item["price"], f"{part}.quantity": item["quantity"], **found}


def _collection(params: Json) -> Any:
    method, days = params["collection_method"], params.get("days_until_due")
    return method if method == CHARGED else {"collection_method": method, "days_until_due": days}


def _is_paused(params: Json) -> bool:
    """By a person, or by Stripe after a trial; what is not paid yet, or has ended, is not paused."""
    status = params.get("status", "")
    if status in ("incomplete", "incomplete_expired", "canceled"):
        return False
    return bool(params["pause_collection"]) or status == "paused"
