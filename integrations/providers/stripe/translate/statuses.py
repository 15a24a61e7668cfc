"""Stripe's enums, member by member; a test compares them with the SDK's, so that it notices a new member."""

from types import MappingProxyType

# Page "The Subscription object". A subscription whose first payment never came ends as incomplete_expired.
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
# Page "Pause payment collection": whatever happens to the invoices meanwhile, no money is collected.
PAUSE = MappingProxyType({"keep_as_draft": True, "mark_uncollectible": True, "void": True})
# Page "How PaymentIntents work". requires_payment_method is the status before the first attempt and after a
# decline: translate.payments distinguishes them by last_payment_error. An authorisation is no money yet.
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
# Page "Invoice status". An open and a paid invoice are both finalized here: payment_status is another column.
INVOICE = MappingProxyType(
    {
        "draft": "draft",
        "open": "finalized",
        "paid": "finalized",
        "uncollectible": "uncollectible",
        "void": "voided",
    }
)
# Pages "The Invoice object" and "The Subscription object".
COLLECTION = MappingProxyType(
    {"charge_automatically": "charge_automatically", "send_invoice": "send_invoice"}
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
# Page "The Credit Note object".
CREDIT_NOTE = MappingProxyType({"issued": "issued", "void": "voided"})
# Page "The Dispute object": warnings are inquiries, which take no money; "prevented" never took any.
# An appeal follows a loss, and the money stays away until the appeal is won.
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
