"""A SetupIntent whose cardholder failed the challenge."""

from ...state.account import Account, Object

_MESSAGE = "The latest attempt to set up the payment method has failed because authentication failed."


def fail_setup_authentication(account: Account, intent: Object) -> None:
    """Require another payment method."""
    error = {
        "code": "setup_intent_authentication_failure",
        "message": _MESSAGE,
        "type": "invalid_request_error",
    }
    intent.update(
        status="requires_payment_method", payment_method=None, next_action=None, last_setup_error=error
    )
    account.emit("setup_intent.setup_failed", intent)
