"""The end of a subscription."""

from typing import Any

from ..account import Account, Object


def end_subscription(
    account: Account, subscription: Object, reason: str, details: dict[str, Any] | None = None
) -> None:
    """Set the status and tell."""
    subscription.update(
        status="canceled",
        canceled_at=subscription["canceled_at"] or account.now,
        ended_at=account.now,
        cancellation_details={"comment": None, "feedback": None, "reason": reason} | (details or {}),
    )
    account.emit("customer.subscription.deleted", subscription)
