"""Payments: what an intent, a session, a charge or an invoice payment proves about money."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.facts import PaymentEvidence
from integrations.providers.stripe.translate import metadata, moments, next_actions, statuses
from integrations.providers.stripe.translate.fields import Json, id_of
from integrations.providers.stripe.translate.money import from_minor


@dataclass(frozen=True)
class StripeEvidence(PaymentEvidence):
    """What Stripe says of one payment, and what it is for.

    All ids are Stripe's except ``payment_id``; "" where Stripe does not say. ``is_free``: a promotion code
    covered all of it. ``happened_at``: when the money moved, None where only the event's time says it.
    """

    currency: str = ""
    customer: str = ""
    invoice: str = ""
    payment_id: str = ""
    is_free: bool = False
    happened_at: datetime | None = None


def of_intent(intent: Json) -> StripeEvidence:
    """What a PaymentIntent says; once it has succeeded the amount is what was received."""
    error = intent.get("last_payment_error") or {}
    status = statuses.PAYMENT_INTENT[intent["status"]]
    if status == "pending" and error:
        # A saved card whose bank asks for the customer: money may still come (page "Off-session payments").
        status = "requires_action" if error.get("code") == "authentication_required" else "failed"
    failed = status == "failed"
    minor = intent.get("amount_received") if status == "succeeded" else intent["amount"]
    currency = str(intent["currency"]).upper()
    return StripeEvidence(
        status=status,
        amount=from_minor(int(minor or intent["amount"]), currency),
        currency=currency,
        gateway_payment_id=str(intent["id"]),
        customer=id_of(intent.get("customer")),
        invoice=_invoice_of(intent),
        payment_id=metadata.of(intent).get(metadata.PAYMENT_ID, ""),
        method=_method(intent),
        gateway_method_id=id_of(intent.get("payment_method")),
        failure_code=str(error.get("decline_code") or error.get("code") or "")[:100] if failed else "",
        failure_message=str(error.get("message") or "") if failed else "",
        next_action=next_actions.of_intent(intent),
        amount_is_exact=status == "succeeded",
        is_open=False if status in ("succeeded", "cancelled") else None,
        happened_at=moments.charged(intent) if status == "succeeded" else None,
    )


def of_session(session: Json) -> StripeEvidence:
    """What a Checkout Session says: only ``payment_status`` means money (page "Fulfill orders")."""
    if session["status"] == "complete":
        status = statuses.SESSION_PAYMENT[session["payment_status"]]
    else:
        status = statuses.SESSION[session["status"]]
    currency = str(session.get("currency") or "").upper()
    return StripeEvidence(
        status=status,
        amount=from_minor(int(session.get("amount_total") or 0), currency) if currency else Decimal(0),
        currency=currency,
        gateway_payment_id=id_of(session.get("payment_intent")),
        gateway_session_id=str(session["id"]),
        customer=id_of(session.get("customer")),
        payment_id=metadata.of(session).get(metadata.PAYMENT_ID, ""),
        is_free=session.get("payment_status") == "no_payment_required",
        is_open=session["status"] == "open",
    )


def failed(evidence: StripeEvidence) -> StripeEvidence:
    """The evidence of a session after the bank has refused: Stripe leaves it complete and unpaid."""
    return replace(evidence, status="failed", failure_code="async_payment_failed")


def of_invoice_payment(payment: Json) -> StripeEvidence:
    """What an InvoicePayment says: which intent or charge paid how much of which invoice."""
    source = payment.get("payment") or {}
    currency = str(payment["currency"]).upper()
    return StripeEvidence(
        status="succeeded",
        amount=from_minor(int(payment.get("amount_paid") or 0), currency),
        currency=currency,
        gateway_payment_id=id_of(
            source.get("payment_intent") or source.get("charge") or source.get("payment_record")
        ),
        invoice=id_of(payment.get("invoice")),
        happened_at=moments.reached(payment, "paid"),
    )


def amount_refunded(charge: Json) -> Decimal:
    """How much of a charge has been refunded in all (major units)."""
    return from_minor(int(charge.get("amount_refunded") or 0), str(charge["currency"]))


def _invoice_of(intent: Json) -> str:
    """The invoice that an intent is for: before 2025-03-31 a field, since then only the order's reference."""
    reference = str((intent.get("payment_details") or {}).get("order_reference") or "")
    return id_of(intent.get("invoice")) or (reference if reference.startswith("in_") else "")


def _method(intent: Json) -> str:
    """The kind of method that paid, where the intent itself says it."""
    method: Any = intent.get("payment_method")
    if isinstance(method, dict):
        return str(method.get("type") or "")[:50]
    tried = (intent.get("last_payment_error") or {}).get("payment_method") or {}
    return str(tried.get("type") or "")[:50]
