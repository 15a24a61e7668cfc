"""Periods that begin now instead of at renewal, and the invoice that bills them at once."""

from ...periods import period_end
from ...state.account import Account, Object
from ..invoices.advancement import collect_now
from ..invoices.finalization import finalize
from .invoices import invoice_for


def items_of(account: Account, subscription: Object) -> list[Object]:
    """Return the items of a subscription, in their order."""
    return [account.objects[id] for id in subscription["_items"]]


def default_method(account: Account, subscription: Object) -> str | None:
    """Return the payment method that renewals charge: the subscription's own, or the customer's default."""
    customer = account.find("customer", subscription["customer"]) or {}
    own: str | None = subscription["default_payment_method"]
    return own or customer.get("invoice_settings", {}).get("default_payment_method")


def begin_now(account: Account, subscription: Object, items: list[Object]) -> None:
    """Start whole periods; the billing date moves only if every item starts a new one."""
    if len(items) == len(subscription["_items"]):
        subscription["billing_cycle_anchor"] = account.now
    for item in items:
        recurring = item["price"]["recurring"]
        end = period_end(account.now, account.now, recurring["interval"], recurring["interval_count"])
        item.update(current_period_start=account.now, current_period_end=end)


def bill_now(account: Account, subscription: Object, items: list[Object], attempted: bool = True) -> Object:
    """Invoice these items and collect at once; one to be sent stays a draft for an hour, as at renewal."""
    with account.changing(subscription, "customer.subscription.updated"):
        invoice = invoice_for(account, subscription, items, "subscription_update")
    if invoice["status"] != "draft" or subscription["pause_collection"] is not None:
        return invoice
    if subscription["collection_method"] == "charge_automatically":
        finalize(account, invoice)
        if attempted:
            collect_now(account, invoice)
    return invoice
