"""The columns of payments, refunds and disputes, each where it alone differs, with what follows."""

from typing import Any

from integrations.providers.stripe.tests.corpus.cases import Case
from integrations.providers.stripe.tests.corpus.moments import DAY, MOMENT, THEN
from integrations.providers.stripe.tests.corpus.money import charge, movement

Json = dict[str, Any]


def _payment(changes: Json, **columns: Any) -> Case:
    named = {f"Payment.{name}": value for name, value in columns.items()}
    return Case("payment_intent", "payment_intent.succeeded", changes, named)


_BY_BANK = {**charge("#"), "payment_method_details": {"type": "sepa_debit"}}
PAYMENTS = (
    _payment({"customer": "cus_other"}, customer="cus_other"),
    _payment({"customer": None}, customer=None),
    Case(
        "payment_intent",
        "payment_intent.succeeded",
        {"payment_details": {"customer_reference": None, "order_reference": "in_#"}},
        {"Payment.invoice": "in_#"},
        given=("invoice.finalized", {}),
    ),
    _payment({"amount": 4000, "amount_received": 4000}, amount="40"),
    _payment({"amount_received": 3000}, amount="30"),
    _payment({"currency": "eur"}, currency="EUR"),
    _payment({"currency": "jpy"}, currency="JPY", amount="3240"),
    _payment({"latest_charge": "ch_new"}, gateway_charge_id="ch_new"),
    _payment({"payment_method": "pm_new"}, gateway_method_id="pm_new"),
    _payment({"metadata": {"order": "7"}}, metadata={"order": "7"}),
    _payment({"payment_method_types": ["sepa_debit"]}, method="sepa_debit"),
    _payment({"latest_charge": _BY_BANK}, method="sepa_debit", succeeded_at=MOMENT + 60),
    Case(
        "charge",
        "charge.refunded",
        {"amount_refunded": 3240, "refunded": True},
        {
            "Payment.amount_refunded": "32.4",
            "Payment.refunded_told": "32.4",
            "Payment.status": "refunded",
        },
    ),
    Case(
        "invoice_payment",
        "invoice_payment.paid",
        {"amount_paid": 1000},
        {
            "Payment.amount": "10",
            "Invoice.payment_status": "pending",
            "Invoice.amount_paid": "10",
            "Invoice.amount_remaining": "22.4",
            "Invoice.next_attempt_at": MOMENT + 3 * DAY,
        },
    ),
)


def _refund(changes: Json, back: str = "12.4", **columns: Any) -> Case:
    """``back``: what has gone back of the payment, in major units."""
    state = {"0": "succeeded", "32.4": "refunded"}.get(back, "partially_refunded")
    named = {f"Refund.{name}": value for name, value in columns.items()}
    followed = {"Payment.amount_refunded": back, "Payment.status": state}
    return Case("refund", "refund.created", changes, named | followed)


REFUNDS = (
    _refund({"amount": 1000}, "10", amount="10"),
    _refund({"amount": 3240}, "32.4", amount="32.4"),
    _refund({"status": "pending"}, status="pending", settled_at=None),
    _refund({"status": "requires_action"}, status="pending", settled_at=None),
    _refund({"status": "canceled"}, "0", status="cancelled", settled_at=THEN),
    Case(
        "refund",
        "refund.created",
        {"currency": "eur"},
        {"Refund.currency": "EUR", "Payment.currency": "EUR"},
        given=("payment_intent.succeeded", {"currency": "eur"}),
    ),
    _refund({"reason": "duplicate"}, reason="duplicate"),
    _refund({"reason": None}, reason=""),
    _refund(
        {"status": "failed", "failure_reason": "lost_or_stolen_card"},
        "0",
        status="failed",
        failure_reason="lost_or_stolen_card",
        settled_at=THEN,
    ),
    _refund({"created": MOMENT + 2 * DAY}, settled_at=MOMENT + 2 * DAY),
)


def _dispute(changes: Json, taken: str = "32.4", **columns: Any) -> Case:
    """``taken``: of the payment, in major units."""
    named = {f"Dispute.{name}": value for name, value in columns.items()}
    return Case("dispute", "charge.dispute.created", changes, named | {"Payment.amount_disputed": taken})


_YEN_TAKEN = [movement(-1500)]
DISPUTES = (
    _dispute({"amount": 1000}, "10", amount="10", amount_of_payment="10"),
    _dispute({"amount": 4860, "currency": "jpy"}, amount="4860", currency="JPY", is_estimate=True),
    _dispute(
        {"amount": 2250, "currency": "jpy", "balance_transactions": _YEN_TAKEN},
        "15",
        amount="2250",
        currency="JPY",
        amount_of_payment="15",
    ),
    *(
        _dispute({"status": at_stripe}, taken, status=here)
        for at_stripe, here, taken in (
            ("warning_needs_response", "inquiry", "0"),
            ("warning_under_review", "inquiry_under_review", "0"),
            ("under_review", "under_review", "32.4"),
        )
    ),
    *(
        _dispute({"status": at_stripe}, taken, status=here, closed_at=THEN)
        for at_stripe, here, taken in (
            ("warning_closed", "inquiry_closed", "0"),
            ("won", "won", "0"),
            ("lost", "lost", "32.4"),
            ("prevented", "prevented", "0"),
        )
    ),
    _dispute({"reason": "duplicate"}, reason="duplicate"),
    _dispute({"created": MOMENT + 2 * DAY}, opened_at=MOMENT + 2 * DAY),
    _dispute({"evidence_details.due_by": MOMENT + 8 * DAY}, respond_by=MOMENT + 8 * DAY),
)
