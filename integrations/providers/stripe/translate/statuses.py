"""Stripe's closed lists, member by member; a test compares them with the SDK's, so that a new member is noticed."""

from types import MappingProxyType

# Page "The Subscription object". An expired attempt to start never became a subscription.
SUBSCRIPTION = MappingProxyType(
    {
        "incomplete": "incomplete",
        "incomplete_expired": "cancelled",
        "trialing": "trialing",
        "active": "active",
        "past_due": "past_due",
        "canceled": "cancelled",
        "unpaid": "unpaid",
        "paused": "paused",
    }
)
# Page "How PaymentIntents work". requires_payment_method is both the beginning and what a decline goes back to:
# translate.payments tells them apart by last_payment_error. An authorisation is not money until it is captured.
PAYMENT_INTENT = MappingProxyType(
    {
        "requires_payment_method": "pending",
        "requires_confirmation": "pending",
        "requires_action": "requires_action",
        "processing": "processing",
        "requires_capture": "processing",
        "canceled": "cancelled",
        "succeeded": "succeeded",
    }
)
# Page "The Checkout Session object": a completed session that is unpaid waits for the bank.
SESSION_PAYMENT = MappingProxyType(
    {"paid": "succeeded", "no_payment_required": "succeeded", "unpaid": "processing"}
)
SESSION = MappingProxyType({"open": "pending", "complete": "processing", "expired": "cancelled"})
# Page "Invoice status". An open and a paid invoice are both final here: how far its money came is another column.
INVOICE = MappingProxyType(
    {
        "draft": "draft",
        "open": "finalized",
        "paid": "finalized",
        "uncollectible": "uncollectible",
        "void": "voided",
    }
)
# Page "The Charge object".
CHARGE = MappingProxyType({"pending": "processing", "succeeded": "succeeded", "failed": "failed"})
