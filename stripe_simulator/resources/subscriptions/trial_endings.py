"""The end of a trial.

Source: Stripe docs, "Use trial periods on subscriptions", trials without payment methods.
"""

from ...state.account import Account, Object
from ..payment_methods.defaults import nothing_to_charge
from .endings import end_subscription
from .pauses import set_paused
from .periods import default_method


def end_trial(account: Account, subscription: Object) -> bool:
    """Return whether the subscription continues; `missing_payment_method` decides without a method."""
    missing = _what_if_missing(account, subscription)
    if missing == "pause":
        set_paused(account, subscription, "trial_end_without_payment_method")
        account.emit("customer.subscription.paused", subscription)
        return False
    if missing == "cancel":
        end_subscription(account, subscription, "cancellation_requested")
        return False
    subscription["status"] = "active"
    return True


def refuse_unpayable(account: Account, subscription: Object) -> None:
    """Refuse to end a trial by request without a payment method, unless the settings provide for that."""
    if subscription["status"] == "trialing" and _what_if_missing(account, subscription) == "create_invoice":
        raise nothing_to_charge()


def _what_if_missing(account: Account, subscription: Object) -> str | None:
    sent = subscription["collection_method"] == "send_invoice"
    if sent or default_method(account, subscription) is not None:
        return None
    return str(subscription["trial_settings"]["end_behavior"]["missing_payment_method"])
