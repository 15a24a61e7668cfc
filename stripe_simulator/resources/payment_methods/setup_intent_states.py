"""What a SetupIntent refuses because of its status. Source: "Error codes", setup_intent_unexpected_state."""

from ...errors import InvalidRequest
from ...state.account import Account, Object

_WAITING = ("requires_payment_method", "requires_confirmation", "requires_action")


def refuse_confirming(account: Account, intent: Object) -> None:
    """Refuse to confirm an intent that has ended."""
    if intent["status"] == "succeeded":
        raise _unexpected(
            account, intent, "You cannot confirm this SetupIntent because it has already succeeded."
        )
    _refuse_ended(account, intent, "confirm", "confirmed")


def refuse_updating(account: Account, intent: Object) -> None:
    """Refuse to update an intent that has ended."""
    _refuse_ended(account, intent, "update", "updated")


def refuse_canceling(account: Account, intent: Object) -> None:
    """Refuse to cancel an intent that has ended, or that belongs to a session."""
    _refuse_ended(account, intent, "cancel", "canceled")
    if intent.get("_session"):
        message = (
            "You cannot cancel the SetupIntent of a Checkout Session. Expire the Checkout Session instead."
        )
        raise _unexpected(account, intent, message)


def without_method(account: Account, intent: Object) -> InvalidRequest:
    """Return Stripe's error for a confirmation without a payment method."""
    message = (
        "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment"
        " method and then confirm it again."
    )
    return _unexpected(account, intent, message)


def _refuse_ended(account: Account, intent: Object, verb: str, done: str) -> None:
    if intent["status"] not in _WAITING:
        raise _unexpected(
            account,
            intent,
            f"You cannot {verb} this SetupIntent because it has a status of {intent['status']}. Only a SetupIntent with one of"
            f" the following statuses may be {done}: {', '.join(_WAITING)}.",
        )


def _unexpected(account: Account, intent: Object, message: str) -> InvalidRequest:
    return InvalidRequest(
        message, code="setup_intent_unexpected_state", setup_intent=account.snapshot(intent)
    )
