"""Ending a subscription, now or later. Source: Stripe docs, "Cancel subscriptions"."""

from typing import Any

from ...errors import missing
from ...operations import Call, operation
from ...state.account import Account, Object
from ..invoices.item_of_line import pending_items
from .endings import end_subscription
from .periods import bill_now, items_of


@operation("subscriptions.cancel")
def cancel(call: Call) -> Object:
    """Cancel now, and stop the automatic collection of the customer's open invoices."""
    account = call.account
    subscription = account.get("subscription", call.id)
    if subscription["status"] == "canceled":
        raise missing("subscription", call.id)
    if call.params.get("invoice_now"):
        _bill_pending_items(account, subscription)
    end_subscription(account, subscription, "cancellation_requested", call.params.get("cancellation_details"))
    for invoice in list(account.having("invoice", "customer", subscription["customer"])):
        if invoice["status"] == "open":
            with account.changing(invoice, "invoice.updated"):
                invoice.update(auto_advance=False, next_payment_attempt=None)
    return account.render(subscription)


def _bill_pending_items(account: Account, subscription: Object) -> None:
    """Create a last invoice if items are pending.

    Nothing is prorated and there is no usage.
    """
    waiting = pending_items(account, subscription["customer"], subscription["currency"], subscription["id"])
    if waiting:
        bill_now(account, subscription, [])


def set_cancel_at(account: Account, subscription: Object, params: dict[str, Any]) -> None:
    """Schedule the cancellation, or withdraw it."""
    details = params.get("cancellation_details") or {}
    subscription["cancellation_details"] = subscription["cancellation_details"] | details
    if "cancel_at" not in params and "cancel_at_period_end" not in params:
        return
    ends = [item["current_period_end"] for item in items_of(account, subscription)]
    if "cancel_at" in params:
        named = {"min_period_end": min(ends), "max_period_end": max(ends), "max_billed_until": max(ends)}
        subscription["cancel_at"] = named.get(params["cancel_at"], params["cancel_at"])
        # Assumed: of the two ways, of which one may be named at a time, the latest counts.
        subscription["cancel_at_period_end"] = False
    if "cancel_at_period_end" in params:
        subscription["cancel_at_period_end"] = params["cancel_at_period_end"]
        subscription["cancel_at"] = max(ends) if params["cancel_at_period_end"] else None
    scheduled = subscription["cancel_at"] is not None
    subscription["canceled_at"] = (subscription["canceled_at"] or account.now) if scheduled else None
    reason = "cancellation_requested" if scheduled else None
    subscription["cancellation_details"] = subscription["cancellation_details"] | {"reason": reason}
