"""Discounts of subscriptions and their items. Source: Stripe docs, "Coupons and promotion codes", duration."""

from typing import Any

from ...state.account import Account, Object
from ..catalog.discounts import new_discounts, still_runs


def give_discounts(
    account: Account, subscription: Object, target: Object, given: list[dict[str, Any]] | None, base: int = 0
) -> None:
    """Put new discounts on a subscription or an item, instead of those that it has.

    A coupon for `once` is not listed: it waits for the next invoice that has something to take it off.
    """
    owner: dict[str, Any] = {
        "customer": subscription["customer"],
        "subscription": subscription["id"],
        "base": base,
    }
    if target is not subscription:
        owner["subscription_item"] = target["id"]
    ids = new_discounts(account, given, subscription["currency"], **owner)
    gone = [id for id in target["discounts"] if id not in ids]
    target["_once_discounts"] = [id for id in ids if account.objects[id]["_once"]]
    target["discounts"] = [id for id in ids if not account.objects[id]["_once"]]
    for id in gone:
        account.emit("customer.discount.deleted", account.objects[id])


def first_discounts(subscription: Object) -> list[str]:
    """What applies to the first invoice as a whole."""
    return [*subscription["discounts"], *subscription["_once_discounts"]]


def announce_discounts(account: Account, *targets: Object) -> None:
    """Tell of discounts that are new."""
    for target in targets:
        for id in (*target["discounts"], *target["_once_discounts"]):
            if not account.objects[id].get("_told"):
                account.objects[id]["_told"] = True
                account.emit("customer.discount.created", account.objects[id])


def discounts_now(account: Account, target: Object) -> list[str]:
    """What applies to an invoice made now; discounts that have run out leave the target."""
    over = [id for id in target["discounts"] if not still_runs(account, id, account.now)]
    target["discounts"] = [id for id in target["discounts"] if id not in over]
    for id in over:
        account.emit("customer.discount.deleted", account.objects[id])
    return [*target["discounts"], *target["_once_discounts"]]


def use_up(account: Account, invoice: Object, *targets: Object) -> None:
    """A coupon for `once` is spent on the first invoice that it has lowered."""
    lowered = {one["discount"] for one in invoice["total_discount_amounts"] if one["amount"]}
    for target in targets:
        for id in [id for id in target["_once_discounts"] if id in lowered]:
            target["_once_discounts"] = [other for other in target["_once_discounts"] if other != id]
            account.emit("customer.discount.deleted", account.objects[id])
