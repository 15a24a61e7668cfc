"""The table of the routed event types: what each must lead to, column by column."""

from typing import Any

from integrations.providers.stripe.tests.corpus.cases import Case
from integrations.providers.stripe.tests.corpus.moments import DAY, MOMENT, THEN
from integrations.providers.stripe.tests.corpus.money import movement

Json = dict[str, Any]

_CANCELLED = {"status": "canceled", "canceled_at": MOMENT + 9, "ended_at": MOMENT + 9}
PAID = {
    "status": "paid",
    "status_transitions.paid_at": MOMENT + 60,
    "amount_paid": 3240,
    "amount_remaining": 0,
    "next_payment_attempt": None,
    "payments.data.0.status": "paid",
    "payments.data.0.amount_paid": 3240,
}
_PAID_HERE = {
    "Invoice.payment_status": "succeeded",
    "Invoice.amount_paid": "32.4",
    "Invoice.amount_remaining": "0",
    "Invoice.next_attempt_at": None,
}
_DRAFT = {"status": "draft", "status_transitions.finalized_at": None, "number": None, "effective_at": None}
_DRAFT |= {"hosted_invoice_url": None, "invoice_pdf": None, "attempted": False, "attempt_count": 0}
_DRAFT_HERE = {
    "Invoice.status": "draft",
    "Invoice.number": "",
    "Invoice.amount_due": "0",
    "Invoice.amount_remaining": "0",
    "Invoice.finalized_at": None,
    "Invoice.hosted_invoice_url": "",
    "Invoice.pdf_url": "",
    "Invoice.attempt_count": 0,
}
_VOID = {
    "status": "void",
    "status_transitions.voided_at": MOMENT + 90,
    "amount_remaining": 0,
    "next_payment_attempt": None,
}
_VOID_HERE = {
    "Invoice.status": "voided",
    "Invoice.amount_due": "0",
    "Invoice.amount_remaining": "0",
    "Invoice.next_attempt_at": None,
    "Invoice.voided_at": MOMENT + 90,
}
_LOST = {
    "status": "uncollectible",
    "status_transitions.marked_uncollectible_at": MOMENT + 90,
    "next_payment_attempt": None,
}
_LOST_HERE = {"Invoice.status": "uncollectible", "Invoice.next_attempt_at": None}
_ERROR = {
    "code": "card_declined",
    "decline_code": "insufficient_funds",
    "message": "No.",
    "type": "card_error",
}
_ACTION = {
    "type": "redirect_to_url",
    "redirect_to_url": {"url": "https://bank.example/3ds", "return_url": None},
}
_NOT_RECEIVED = {"amount_received": 0, "latest_charge": None}
_NOT_HERE = {"Payment.succeeded_at": None, "Payment.gateway_charge_id": ""}
_TAKEN = [movement(-3240)]
_GIVEN_BACK = [*_TAKEN, movement(3240)]
_NO_INVOICE = {"Invoice": None, "InvoiceLineItem": None}
_PAUSED = {"Subscription.status": "paused"}
_FAILED = (
    "Stripe tried to collect the invoice, without success. If no payment here says why, its customer has no"
)
_FAILED += " payment method at Stripe: ask for one, or send the invoice's page."
_ACT = "The customer's bank asks for authentication (3-D Secure): it is given on the invoice's page."

WHOLE = (
    Case("customer", "customer.created"),
    Case("customer", "customer.updated"),
    Case("customer", "customer.deleted", columns={"Customer.status": "archived"}),
    Case("tax_id", "customer.tax_id.created"),
    Case(
        "tax_id",
        "customer.tax_id.deleted",
        columns={"Customer.tax_ids": []},
        state="ignored",
        reason="FlexSync never had this tax id.",
    ),
    Case("product", "product.created"),
    Case("product", "product.updated"),
    Case("product", "product.deleted", {"active": False}, {"Plan.status": "archived"}),
    Case("price", "price.created"),
    Case("price", "price.updated"),
    Case("price", "price.deleted", {"active": False}, {"Price.status": "archived"}),
    Case("subscription", "customer.subscription.created"),
    Case("subscription", "customer.subscription.updated"),
    Case(
        "subscription",
        "customer.subscription.deleted",
        _CANCELLED,
        {"Subscription.status": "cancelled", "Subscription.cancelled_at": MOMENT + 9},
    ),
    Case("subscription", "customer.subscription.paused", {"status": "paused"}, _PAUSED),
    Case("subscription", "customer.subscription.resumed"),
    Case(
        "subscription",
        "customer.subscription.trial_will_end",
        {"status": "trialing", "trial_end": MOMENT + 3 * DAY},
        {"Subscription.status": "trialing", "Subscription.trial_end": MOMENT + 3 * DAY},
    ),
    Case("session", "checkout.session.completed"),
    Case(
        "session",
        "checkout.session.expired",
        {"status": "expired", "payment_status": "unpaid", "payment_intent": None},
        {"Payment.status": "cancelled", "Payment.succeeded_at": None, "Payment.gateway_payment_id": ""},
    ),
    Case("session", "checkout.session.async_payment_succeeded"),
    Case(
        "session",
        "checkout.session.async_payment_failed",
        {"payment_status": "unpaid"},
        {
            "Payment.status": "failed",
            "Payment.succeeded_at": None,
            "Payment.failure_code": "async_payment_failed",
        },
    ),
    Case("payment_intent", "payment_intent.succeeded"),
    Case(
        "payment_intent",
        "payment_intent.payment_failed",
        {**_NOT_RECEIVED, "status": "requires_payment_method", "last_payment_error": _ERROR},
        {
            **_NOT_HERE,
            "Payment.status": "failed",
            "Payment.failure_code": "insufficient_funds",
            "Payment.failure_message": "No.",
        },
    ),
    Case(
        "payment_intent",
        "payment_intent.processing",
        {**_NOT_RECEIVED, "status": "processing"},
        {**_NOT_HERE, "Payment.status": "processing"},
    ),
    Case(
        "payment_intent",
        "payment_intent.requires_action",
        {**_NOT_RECEIVED, "status": "requires_action", "next_action": _ACTION},
        {
            **_NOT_HERE,
            "Payment.status": "requires_action",
            "Payment.next_action": {"type": "redirect_to_url", "url": "https://bank.example/3ds"},
        },
    ),
    Case(
        "payment_intent",
        "payment_intent.canceled",
        {**_NOT_RECEIVED, "status": "canceled", "canceled_at": MOMENT + 60},
        {"Payment": None},
        state="ignored",
        reason="The payment began at Stripe, and was cancelled before any money came.",
    ),
    Case("invoice", "invoice.created", _DRAFT, _DRAFT_HERE),
    Case("invoice", "invoice.finalized"),
    Case("invoice", "invoice.updated"),
    Case("invoice", "invoice.paid", PAID, _PAID_HERE),
    Case("invoice", "invoice.overpaid", {**PAID, "amount_overpaid": 100}, _PAID_HERE),
    Case(
        "invoice",
        "invoice.payment_failed",
        columns={"Invoice.failure_code": "payment_failed", "Invoice.failure_message": _FAILED},
    ),
    Case(
        "invoice",
        "invoice.payment_action_required",
        columns={"Invoice.failure_code": "authentication_required", "Invoice.failure_message": _ACT},
    ),
    Case("invoice", "invoice.sent", columns={"Invoice.sent_at": THEN}),
    Case("invoice", "invoice.voided", _VOID, _VOID_HERE),
    Case("invoice", "invoice.marked_uncollectible", _LOST, _LOST_HERE),
    Case("invoice", "invoice.deleted", _DRAFT, _NO_INVOICE, "ignored", "The invoice was never here."),
    Case("invoice_payment", "invoice_payment.paid"),
    Case("credit_note", "credit_note.created"),
    Case("credit_note", "credit_note.updated", {"memo": "Sorry"}, {"CreditNote.memo": "Sorry"}),
    Case(
        "credit_note",
        "credit_note.voided",
        {"status": "void", "voided_at": MOMENT + 2 * DAY},
        {
            "CreditNote.status": "voided",
            "CreditNote.voided_at": MOMENT + 2 * DAY,
            "Invoice.credited": "0",
            "Invoice.amount_due": "32.4",
            "Invoice.amount_remaining": "32.4",
        },
    ),
    Case("charge", "charge.refunded"),
    Case("refund", "refund.created"),
    Case("refund", "refund.updated"),
    Case("refund", "charge.refund.updated"),
    Case(
        "refund",
        "refund.failed",
        {"status": "failed", "failure_reason": "expired_or_canceled_card"},
        {
            "Refund.status": "failed",
            "Refund.failure_reason": "expired_or_canceled_card",
            "Refund.settled_at": THEN,
            "Payment.status": "succeeded",
            "Payment.amount_refunded": "0",
        },
    ),
    Case("dispute", "charge.dispute.created"),
    Case("dispute", "charge.dispute.updated", {"status": "under_review"}, {"Dispute.status": "under_review"}),
    Case("dispute", "charge.dispute.funds_withdrawn", {"balance_transactions": _TAKEN}),
    Case(
        "dispute",
        "charge.dispute.funds_reinstated",
        {"balance_transactions": _GIVEN_BACK, "status": "won"},
        {"Dispute.status": "won", "Dispute.closed_at": THEN, "Payment.amount_disputed": "0"},
    ),
    Case(
        "dispute",
        "charge.dispute.closed",
        {"status": "lost"},
        {"Dispute.status": "lost", "Dispute.closed_at": THEN},
    ),
    Case("setup_intent", "setup_intent.succeeded"),
    Case(
        "setup_intent",
        "setup_intent.setup_failed",
        {"status": "requires_payment_method"},
        {"Customer.default_payment_methods": {}},
        state="ignored",
        reason="A card that could not be saved changes nothing here.",
    ),
)
