"""Changing a subscription.

Source: Stripe API reference, "Update a subscription" (nothing is prorated here).
"""

from typing import Any

from ...errors import InvalidRequest
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from ..catalog.tax_rates import usable_rates
from ..payment_methods.defaults import check_default_method
from .cancellation import set_cancel_at
from .discounts import announce_discounts, set_discounts
from .extras import add_extras
from .items import change_items
from .new_subscription import interval_of, payment_settings, trial_settings
from .pauses import set_pause_collection
from .periods import begin_now, bill_now, items_of
from .renewals import plan_ahead
from .terms import check_collection, check_end, checked_trial_end
from .trial_endings import end_trial, refuse_unpayable

_PLAIN = ("collection_method", "days_until_due", "default_payment_method", "description")
_WHEN_ENDED = {"cancellation_details", "expand", "metadata"}


@operation("subscriptions.update")
def update(call: Call) -> Object:
    """Change items, cancellation, trial end and pause of collection; bill new periods at once."""
    account, params = call.account, call.params
    subscription = account.get("subscription", call.id)
    _check(account, subscription, params)
    metadata = merged(subscription["metadata"], params.get("metadata", {}))
    # Source: Stripe docs, "Types of events": trial_will_end is also sent when a trial is ended immediately.
    ends_trial = subscription["status"] == "trialing" and params.get("trial_end") == "now"
    with account.changing(subscription, "customer.subscription.updated"):
        subscription["metadata"] = metadata
        _set_terms(account, subscription, params)
        if "pause_collection" in params:
            set_pause_collection(account, subscription, params["pause_collection"])
        anew = _change_items(account, subscription, params)
        set_cancel_at(account, subscription, params)
    announce_discounts(account, subscription, *items_of(account, subscription))
    if ends_trial:
        account.emit("customer.subscription.trial_will_end", subscription)
    add_extras(account, subscription, params.get("add_invoice_items"))
    if anew and subscription["status"] in ("active", "past_due"):
        bill_now(account, subscription, anew, params.get("payment_behavior") != "default_incomplete")
    plan_ahead(account, subscription)
    return account.render(subscription)


def _check(account: Account, subscription: Object, params: dict[str, Any]) -> None:
    """Refuse invalid parameters before anything is changed."""
    if subscription["status"] in ("canceled", "incomplete_expired") and params.keys() - _WHEN_ENDED:
        raise InvalidRequest(
            "A canceled subscription can only update its cancellation_details and metadata.",
            code="invalid_canceled_subscription_fields",
        )
    check_default_method(account, subscription["customer"], params.get("default_payment_method"))
    check_end(account, params)
    check_collection(params, subscription)
    if params.get("trial_end") == "now":
        refuse_unpayable(account, subscription)


def _set_terms(account: Account, subscription: Object, params: dict[str, Any]) -> None:
    for name in _PLAIN:
        if name in params:
            subscription[name] = params[name]
    if subscription["collection_method"] == "charge_automatically":
        # Source: API reference, "The Subscription object": null for those that are charged.
        subscription["days_until_due"] = None
    if "default_tax_rates" in params:
        rates = usable_rates(account, params["default_tax_rates"], "default_tax_rates")
        subscription["default_tax_rates"] = [account.render(rate) for rate in rates]
    if "discounts" in params:
        set_discounts(account, subscription, subscription, params["discounts"])
    if "trial_settings" in params:
        subscription["trial_settings"] = trial_settings(params["trial_settings"])
    if "payment_settings" in params:
        known = subscription["payment_settings"]
        subscription["payment_settings"] = payment_settings(params["payment_settings"], known)
    if "pending_invoice_item_interval" in params:
        subscription["pending_invoice_item_interval"] = interval_of(params["pending_invoice_item_interval"])


def _change_items(account: Account, subscription: Object, params: dict[str, Any]) -> list[Object]:
    """Return the items that begin a new period now, and must be billed."""
    anew = change_items(account, subscription, params["items"]) if "items" in params else []
    if params.get("trial_end") not in (None, "now"):
        _extend_trial(account, subscription, checked_trial_end(account, int(params["trial_end"])))
        return []
    if subscription["status"] == "trialing" and params.get("trial_end") == "now":
        subscription["trial_end"] = account.now
        anew = items_of(account, subscription) if end_trial(account, subscription) else []
    if params.get("billing_cycle_anchor", {}).get("type") == "now":
        anew = items_of(account, subscription)
    if subscription["status"] not in ("active", "past_due"):
        return []
    begin_now(account, subscription, anew)
    return anew


def _extend_trial(account: Account, subscription: Object, end: int) -> None:
    subscription.update(status="trialing", trial_end=end, billing_cycle_anchor=end, _trial_notice=False)
    subscription["trial_start"] = subscription["trial_start"] or account.now
    for item in items_of(account, subscription):
        item["current_period_end"] = end
