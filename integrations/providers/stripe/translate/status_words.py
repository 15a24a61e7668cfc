"""Stripe's statuses as people read them."""

from types import MappingProxyType

# Those whose names do not say what is meant; pages "The PaymentIntent object", "The SetupIntent object".
_WORDS = MappingProxyType(
    {
        "requires_payment_method": "waiting for a payment method",
        "requires_confirmation": "not confirmed yet",
        "requires_action": "waiting for the customer to confirm it",
        "requires_capture": "authorised, not captured",
        "processing": "being processed",
        "canceled": "cancelled",
        "incomplete_expired": "expired before its first payment",
    }
)


def in_words(status: str) -> str:
    """ "waiting for a payment method" for "requires_payment_method", "past due" for "past_due"."""
    return _WORDS.get(status) or status.replace("_", " ")
