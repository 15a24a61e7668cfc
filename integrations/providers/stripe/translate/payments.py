"""Payments: what an intent, a session, a charge or an invoice payment proves about money."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from billing.facts import ZERO, PaymentEvidence
from integrations.providers.stripe.translate import metadata, method_types, moments, next_actions, statuses
from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.fields import Json, read_id, read_member, read_object, text_of

# What an InvoicePayment may name.
_SOURCES = ("payment_intent", "charge", "payment_record")


@dataclass(frozen=True)
class StripeEvidence(PaymentEvidence):
    """What Stripe says of one payment, and what it is for.

    All ids are Stripe's except ``payment_id`` and ``invoice_id``; "" where Stripe does not say. ``is_free``:
    a promotion code covered all of it.
    """

    currency: str = ""
    customer: str = ""
    invoice: str = ""
    payment_id: str = ""
    invoice_id: str = ""
    is_free: bool = False


def of_intent(intent: Json) -> StripeEvidence:
    """What a PaymentIntent says; once it has succeeded the amount is what was received."""
    error = read_object(intent, "last_payment_error")
    status = read_member(intent, "status", statuses.PAYMENT_INTENT)
    if status == "pending" and error:
        # A saved card whose bank asks for the customer: money may still come (page "Off-session payments").
        status = "requires_action" if error.get("code") == "authentication_required" else "failed"
    failed = status == "failed"
    currency = read_currency(intent)
    amount = read_amount(intent, "amount", currency)
    received = read_amount(intent, "amount_received", currency, 0) if status == "succeeded" else ZERO
    return StripeEvidence(
        status=status,
        amount=received or amount,
        currency=currency,
        gateway_payment_id=str(intent["id"]),
        gateway_charge_id=read_id(intent, "latest_charge"),
        customer=read_id(intent, "customer"),
        invoice=_invoice_of(intent),
        payment_id=metadata.of(intent).get(metadata.PAYMENT_ID, ""),
        invoice_id=metadata.of(intent).get(metadata.INVOICE_ID, ""),
        method=method_types.of_intent(intent),
        gateway_method_id=read_id(intent, "payment_method"),
        failure_code=text_of(error, "decline_code") or text_of(error, "code") if failed else "",
        failure_message=text_of(error, "message") if failed else "",
        next_action=next_actions.of_intent(intent),
        amount_is_exact=status == "succeeded",
        is_open=False if status in ("succeeded", "cancelled") else None,
        happened_at=moments.charged(intent) if status == "succeeded" else None,
        metadata=metadata.custom(intent),
    )


def of_session(session: Json) -> StripeEvidence:
    """What a Checkout Session says: only ``payment_status`` means money (page "Fulfill orders")."""
    status = read_member(session, "status", statuses.SESSION)
    if session["status"] == "complete":
        status = read_member(session, "payment_status", statuses.SESSION_PAYMENT)
    currency = read_currency(session) if session.get("currency") else ""
    return StripeEvidence(
        status=status,
        amount=read_amount(session, "amount_total", currency, 0) if currency else ZERO,
        currency=currency,
        gateway_payment_id=read_id(session, "payment_intent"),
        gateway_session_id=str(session["id"]),
        customer=read_id(session, "customer"),
        payment_id=metadata.of(session).get(metadata.PAYMENT_ID, ""),
        is_free=session.get("payment_status") == "no_payment_required",
        is_open=session["status"] == "open",
    )


def declined(evidence: StripeEvidence) -> StripeEvidence:
    """The evidence of an intent's decline, also where the intent does not show the error any more."""
    return replace(evidence, status="failed") if evidence.status == "pending" else evidence


def failed(evidence: StripeEvidence) -> StripeEvidence:
    """The evidence of a session after the bank has refused: Stripe leaves it complete and unpaid."""
    return replace(evidence, status="failed", failure_code="async_payment_failed")


def of_invoice_payment(payment: Json) -> StripeEvidence:
    """What an InvoicePayment says: which intent or charge paid how much of which invoice."""
    source = read_object(payment, "payment")
    currency = read_currency(payment)
    return StripeEvidence(
        status="succeeded",
        amount=read_amount(payment, "amount_paid", currency, 0),
        currency=currency,
        gateway_payment_id=next(filter(None, (read_id(source, name) for name in _SOURCES)), ""),
        gateway_charge_id=_charge_of(source),
        invoice=read_id(payment, "invoice"),
        happened_at=moments.reached(payment, "paid"),
        method=method_types.of_source(source),
    )


def _charge_of(source: Json) -> str:
    """The charge of an InvoicePayment: its own, or that of an intent that is whole."""
    intent = source.get("payment_intent")
    return read_id(intent, "latest_charge") if isinstance(intent, Mapping) else read_id(source, "charge")


def amount_refunded(charge: Json) -> Decimal:
    """How much of a charge has been refunded in all (major units)."""
    return read_amount(charge, "amount_refunded", read_currency(charge), 0)


def _invoice_of(intent: Json) -> str:
    """The invoice that an intent is for: before 2025-03-31 a field, since then only the order's reference."""
    reference = text_of(read_object(intent, "payment_details"), "order_reference")
    return read_id(intent, "invoice") or (reference if reference.startswith("in_") else "")
