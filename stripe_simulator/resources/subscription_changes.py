"""Changing a subscription. Source: Stripe API reference, "Update a subscription" (nothing is prorated here)."""

from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from ..metadata import merged
from ..operations import Call, operation
from .subscription_cancellation import set_cancel_at
from .subscription_items import change_items
from .subscription_pauses import set_pause_collection
from .subscription_periods import begin_now, bill_now, items_of
from .subscription_renewals import plan_ahead

_PLAIN = ("collection_method", "days_until_due", "default_payment_method", "description")
_WHEN_ENDED = {"cancellation_details", "expand", "metadata"}


@operation("subscriptions.update")
def update(call: Call) -> Object:
    """Change items, cancellation, trial end, pause of collection; what must be billed anew is billed at once."""
    account, params = call.account, call.params
    subscription = account.get("subscription", call.id)
    if subscription["status"] in ("canceled", "incomplete_expired") and params.keys() - _WHEN_ENDED:
        raise InvalidRequest("A canceled subscription can only update its cancellation_details and metadata.")
    metadata = merged(subscription["metadata"], params.get("metadata", {}))
    with account.changing(subscription, "customer.subscription.updated"):
        subscription["metadata"] = metadata
        for name in _PLAIN:
            if name in params:
                subscription[name] = params[name]
        if "pause_collection" in params:
            set_pause_collection(account, subscription, params["pause_collection"])
        anew = _change_items(account, subscription, params)
        set_cancel_at(account, subscription, params)
    if anew and subscription["status"] in ("active", "past_due"):
        bill_now(account, subscription, anew)
    plan_ahead(account, subscription)
    return account.render(subscription)


def _change_items(account: Account, subscription: Object, params: dict[str, Any]) -> list[Object]:
    """The items that begin a new period now, and must be billed."""
    anew = change_items(account, subscription, params["items"]) if "items" in params else []
    if params.get("trial_end") not in (None, "now"):
        _extend_trial(account, subscription, int(params["trial_end"]))
        return []
    if subscription["status"] == "trialing" and params.get("trial_end") == "now":
        subscription.update(status="active", trial_end=account.now)
        anew = items_of(account, subscription)
    if params.get("billing_cycle_anchor", {}).get("type") == "now":
        anew = items_of(account, subscription)
    if subscription["status"] == "trialing":
        return []
    begin_now(account, subscription, anew)
    return anew


def _extend_trial(account: Account, subscription: Object, end: int) -> None:
    if end <= account.now:
        raise InvalidRequest("Invalid timestamp: must be in the future.", param="trial_end")
    subscription.update(status="trialing", trial_end=end, billing_cycle_anchor=end, _trial_notice=False)
    subscription["trial_start"] = subscription["trial_start"] or account.now
    for item in items_of(account, subscription):
        item["current_period_end"] = end
