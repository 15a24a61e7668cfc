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
# Page "Pause payment collection": whatever becomes of the invoices meanwhile, no money is collected.
PAUSE = MappingProxyType({"keep_as_draft": True, "mark_uncollectible": True, "void": True})
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
# Page "The Refund object".
REFUND = MappingProxyType(
    {
        "pending": "pending",
        "requires_action": "pending",
        "succeeded": "succeeded",
        "failed": "failed",
        "canceled": "cancelled",
    }
)
# Page "The Dispute object": the warnings are inquiries, which take no money; "prevented" ended before it took any.
# An appeal follows a loss, and the money stays away until it is won.
DISPUTE = MappingProxyType(
    {
        "warning_needs_response": "inquiry",
        "warning_under_review": "inquiry_under_review",
        "warning_closed": "inquiry_closed",
        "needs_response": "needs_response",
        "under_review": "under_review",
        "won": "won",
        "lost": "lost",
        "appeal_needs_response": "lost",
        "appeal_under_review": "lost",
        "prevented": "prevented",
    }
)
# Page "The InvoicePayment object": whether the money came.
INVOICE_PAYMENT = MappingProxyType({"open": False, "paid": True, "canceled": False})
# Page "The SetupIntent object": whether the method was saved.
SETUP_INTENT = MappingProxyType(
    {
        "requires_payment_method": False,
        "requires_confirmation": False,
        "requires_action": False,
        "processing": False,
        "canceled": False,
        "succeeded": True,
    }
)
