"""The end of a subscription."""

from typing import Any

from ...state.account import Account, Object
from ..customers.deletion import ends_with_customer


def end_subscription(
    account: Account, subscription: Object, reason: str, details: dict[str, Any] | None = None
) -> None:
    """Set the status and emit the event."""
    subscription.update(
        status="canceled",
        canceled_at=subscription["canceled_at"] or account.now,
        ended_at=account.now,
        cancellation_details={"comment": None, "feedback": None, "reason": reason} | (details or {}),
    )
    account.emit("customer.subscription.deleted", subscription)


@ends_with_customer
def end_subscriptions(account: Account, customer: Object) -> None:
    """End every subscription of a customer that is being deleted."""
    for subscription in list(account.having("subscription", "customer", customer["id"])):
        if subscription["status"] != "canceled":
            end_subscription(account, subscription, "cancellation_requested")
