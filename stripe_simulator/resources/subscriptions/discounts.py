"""Discounts of subscriptions and their items.

Source: Stripe docs, "Coupons and promotion codes", duration.
"""

from typing import Any

from ...state.account import Account, Object
from ..catalog.discounts import new_discounts, still_runs


def set_discounts(
    account: Account, subscription: Object, target: Object, given: list[dict[str, Any]] | None, base: int = 0
) -> None:
    """Replace the discounts of a target; one for `once` is not listed: it waits for the next invoice."""
    owner: dict[str, Any] = {
        "customer": subscription["customer"],
        "subscription": subscription["id"],
        "base": base,
    }
    if target is not subscription:
        owner["subscription_item"] = target["id"]
    ids = new_discounts(account, given, subscription["currency"], **owner)
    removed = [id for id in target["discounts"] if id not in ids]
    target["_once_discounts"] = [id for id in ids if account.objects[id]["_once"]]
    target["discounts"] = [id for id in ids if not account.objects[id]["_once"]]
    for id in removed:
        account.emit("customer.discount.deleted", account.objects[id])


def first_discounts(subscription: Object) -> list[str]:
    """Return the discounts of the first invoice as a whole."""
    return [*subscription["discounts"], *subscription["_once_discounts"]]


def announce_discounts(account: Account, *targets: Object) -> None:
    """Emit an event for each new discount."""
    for target in targets:
        for id in (*target["discounts"], *target["_once_discounts"]):
            if not account.objects[id].get("_announced"):
                account.objects[id]["_announced"] = True
                account.emit("customer.discount.created", account.objects[id])


def discounts_now(account: Account, target: Object) -> list[str]:
    """Return the discounts of an invoice created now; expired discounts leave the target."""
    expired = [id for id in target["discounts"] if not still_runs(account, id, account.now)]
    target["discounts"] = [id for id in target["discounts"] if id not in expired]
    for id in expired:
        account.emit("customer.discount.deleted", account.objects[id])
    return [*target["discounts"], *target["_once_discounts"]]


def use_up(account: Account, invoice: Object, *targets: Object) -> None:
    """Remove a coupon for `once` after the first invoice that it has lowered."""
    lowered = {discount["discount"] for discount in invoice["total_discount_amounts"] if discount["amount"]}
    for target in targets:
        for id in [id for id in target["_once_discounts"] if id in lowered]:
            target["_once_discounts"] = [other for other in target["_once_discounts"] if other != id]
            account.emit("customer.discount.deleted", account.objects[id])
