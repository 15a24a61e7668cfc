"""Subscriptions whose payment fails: past due while it is retried, and ended after the last retry.

Source: Stripe docs, "Automate payment retries"; that it ends is a setting of the account, and assumed.
"""

from ...events import when
from ...state.account import Account, Object
from ..invoices.attempts import advances, is_last
from .endings import end_subscription
from .invoices import subscription_of


@when("invoice.payment_failed", "invoice.payment_action_required")
def follow_failure(account: Account, invoice: Object) -> None:
    """Set the subscription past due, or end it if no further attempt follows."""
    subscription = subscription_of(account, invoice)
    if subscription is None or not advances(invoice):
        return
    if subscription["status"] == "past_due" and is_last(invoice):
        end_subscription(account, subscription, "payment_failed")
    elif subscription["status"] == "active":
        with account.changing(subscription, "customer.subscription.updated"):
            subscription["status"] = "past_due"
