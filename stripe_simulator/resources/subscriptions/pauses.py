"""Pausing a subscription, and pausing only its collection. Source: Stripe docs, "Pause subscriptions"."""

from ...errors import InvalidRequest
from ...operations import Call, operation
from ...state.account import Account, Object
from ...state.actions import action
from .periods import items_of


@operation("subscriptions.pause")
def pause(call: Call) -> Object:
    """Stop periods and invoices until the subscription is resumed.

    Unused time is not credited, because nothing is prorated here.
    """
    account = call.account
    subscription = account.get("subscription", call.id)
    if subscription["status"] not in ("active", "trialing", "past_due"):
        raise InvalidRequest(f"A subscription that is {subscription['status']} cannot be paused.")
    with account.changing(subscription, "customer.subscription.updated", "customer.subscription.paused"):
        set_paused(account, subscription, "pause_requested")
        for item in items_of(account, subscription):
            item["current_period_end"] = account.now
    return account.render(subscription)


def set_paused(account: Account, subscription: Object, reason: str) -> None:
    """Set the status; the caller emits the change."""
    paused = {"subscription": {"type": reason}, "transitioned_at": account.now, "type": "subscription"}
    subscription.update(status="paused", status_details={"paused": paused})


def set_pause_collection(account: Account, subscription: Object, given: Object | None) -> None:
    """Create invoices without collecting them, until this is unset or `resumes_at` is reached."""
    subscription["pause_collection"] = given and ({"resumes_at": None} | given)
    if given and given.get("resumes_at"):
        account.agenda.add(given["resumes_at"], "resume_collection", subscription)


@action("resume_collection")
def resume_collection(account: Account, subscription: Object) -> None:
    """Resume the collection. Source: Stripe docs, "Pause payment collection", resumes_at."""
    resumes_at = (subscription["pause_collection"] or {}).get("resumes_at")
    if resumes_at is not None and resumes_at <= account.now:
        with account.changing(subscription, "customer.subscription.updated"):
            subscription["pause_collection"] = None
