"""What a PaymentIntent refuses because of its status.

Source: "Error codes", payment_intent_unexpected_state.
"""

from typing import Any

from ...errors import InvalidRequest
from ...state.account import Account, Object

BEFORE_PAYMENT = ("requires_payment_method", "requires_confirmation", "requires_action")
# What can be changed in any status, and what in more than those: users report that the receipt's address
# cannot be changed while a debit is processing.
_ALWAYS_UPDATED = {"metadata", "description", "expand"}
_UPDATED_LATER = {"receipt_email": (*BEFORE_PAYMENT, "requires_capture", "succeeded")}
_CANCELABLE = ("requires_payment_method", "requires_capture", *BEFORE_PAYMENT[1:], "processing")


def refuse_confirming(account: Account, intent: Object) -> None:
    """Refuse to confirm an intent that has ended or is processing."""
    if intent["status"] in BEFORE_PAYMENT:
        return
    if intent["status"] == "succeeded":
        message = "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
    else:
        message = (
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent"
            f" with one of the following statuses may be confirmed: {', '.join(BEFORE_PAYMENT)}."
        )
    raise _unexpected(account, intent, message)


def refuse_updating(account: Account, intent: Object, params: dict[str, Any]) -> None:
    """Refuse the first of ``params`` that cannot be changed in the intent's status.

    Seen of Stripe: metadata and description can be changed in any status, also once it has succeeded.
    """
    for name in params:
        statuses = _UPDATED_LATER.get(name, BEFORE_PAYMENT)
        if name not in _ALWAYS_UPDATED and intent["status"] not in statuses:
            raise _unexpected(
                account,
                intent,
                f"This PaymentIntent's {name} could not be updated because it has a status of {intent['status']}. You may only"
                f" update the {name} of a PaymentIntent with one of the following statuses: {', '.join(statuses)}.",
                param=name,
            )


def refuse_canceling(account: Account, intent: Object) -> None:
    """Refuse to cancel an intent that has ended, or that belongs to an invoice or a session."""
    if intent["status"] not in _CANCELABLE:
        raise _unexpected(
            account,
            intent,
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent with"
            f" one of the following statuses may be canceled: {', '.join(_CANCELABLE)}.",
        )
    if intent.get("_session") and intent["status"] != "requires_capture":
        message = (
            "You cannot cancel the PaymentIntent of a Checkout Session. Expire the Checkout Session instead."
        )
        raise _unexpected(account, intent, message)
    if intent.get("_default_of_invoice"):
        raise _unexpected(
            account,
            intent,
            "You cannot cancel this PaymentIntent because it is the default payment of an invoice. Void the invoice"
            " instead.",
        )


def refuse_capturing(account: Account, intent: Object) -> None:
    """Refuse to capture an intent that is not authorized, or was captured before."""
    if intent["status"] == "requires_capture":
        return
    if intent["status"] == "succeeded":
        message = "This PaymentIntent could not be captured because it has already been captured."
    else:
        message = (
            f"This PaymentIntent could not be captured because it has a status of {intent['status']}. Only a PaymentIntent"
            " with one of the following statuses may be captured: requires_capture."
        )
    raise _unexpected(account, intent, message)


def without_method(account: Account, intent: Object) -> InvalidRequest:
    """Return Stripe's error for a confirmation without a payment method."""
    message = "You cannot confirm this PaymentIntent because it's missing a payment method."
    if intent["customer"]:
        message += (
            f" To confirm the PaymentIntent with {intent['customer']}, specify a payment method attached to this customer"
            " along with the customer ID."
        )
    else:
        message += " Update the PaymentIntent with a payment method and then confirm it again."
    return _unexpected(account, intent, message)


def _unexpected(
    account: Account, intent: Object, message: str, *, param: str | None = None
) -> InvalidRequest:
    return InvalidRequest(
        message, code="payment_intent_unexpected_state", param=param, payment_intent=account.snapshot(intent)
    )
