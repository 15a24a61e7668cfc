"""Brings a payment to Stripe: charges a saved method, and attaches received money to the invoice."""

from django.db.models import Q, QuerySet

from billing.events import Kind
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED, PaymentState
from integrations.models import EntityMapping
from integrations.provider_api import Outbound, Parts
from integrations.providers.stripe.push import (
    attachments,
    charges,
    closing,
    collection,
    default_methods,
    overpaid_credit,
    reported_refunds,
)

# Stripe's invoice takes a payment in these stages only.
_PAYABLE = ("finalized", "uncollectible")
_STRIPE_IS_TOLD = Q(invoice__isnull=False) & (Q(is_external=False) | collection.CAME_ELSEWHERE)
_CONCERNS_STRIPE = (
    Q(status__in=RECEIVED)
    | Q(gateway="stripe", status=PaymentState.CANCELLED)
    | Q(gateway="stripe", off_session=True, status=PaymentState.FAILED)
)


def needs_push(payment_id: str) -> bool:
    """Whether an announced change asks for a push: received money, or a cancelled or failed attempt.

    A charge that a person asks for is pushed whatever the switches say; refunds have rows of their own.
    """
    payment = Payment.objects.filter(_STRIPE_IS_TOLD, _CONCERNS_STRIPE, pk=payment_id).first()
    if payment is None:
        return False
    if closing.needs_closing(payment):
        return True
    invoice_sent = EntityMapping.objects.filter(entity_type=Kind.INVOICE, entity_id=payment.invoice_id)
    return default_methods.is_requested(payment) or invoice_sent.exists()


def push(outbound: Outbound) -> None:
    """Charges, then does what is left to do in independent parts; each step once."""
    payment = _payment(outbound)
    if charges.is_waiting(outbound, payment):
        charges.charge(outbound, payment)
        payment = _payment(outbound)
    parts = Parts()
    with parts.part("close"):
        closing.close_cancelled(outbound, payment)
    with parts.part("default method"):
        default_methods.set_from_payment(outbound, payment)
    if payment.invoice is not None and _is_told(outbound, payment, payment.invoice):
        _update_invoice(outbound, payment, payment.invoice, parts)
    else:
        outbound.skip("attach", "Only payments that began in FlexSync for an invoice are reported to Stripe.")
    with parts.part("report refunds"):
        reported_refunds.report_all(outbound, payment)
    if not payment.gateway:
        with parts.part("credit"):
            overpaid_credit.take_back(outbound, payment)
    parts.finish()


def _payment(outbound: Outbound) -> Payment:
    payments = Payment.objects.select_related("invoice")
    return payments.get(pk=outbound.entity_id, environment_id=outbound.environment_id)


def _is_told(outbound: Outbound, payment: Payment, invoice: Invoice) -> bool:
    """Whether Stripe's invoice does not know of the payment by itself."""
    collects = invoice.connection_id == outbound.connection_id
    return not payment.is_external or (collects and not payment.goes_through(outbound.connection_id))


def _update_invoice(outbound: Outbound, payment: Payment, invoice: Invoice, parts: Parts) -> None:
    stripe_id = outbound.provider_id_of(Kind.INVOICE, invoice.pk)
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if stripe_id is None or not (invoice.is_external or stage in _PAYABLE):
        outbound.skip(
            "attach", "Stripe has no open invoice for this payment; the invoice's own push will attach it."
        )
        return
    if payment.status in RECEIVED:
        with parts.part("attach"):
            attachments.attach(outbound, payment, invoice, stripe_id)
    with parts.part("collection"):
        collection.adjust(outbound, invoice, stripe_id)


def attach_received(outbound: Outbound, invoice: Invoice, stripe_id: str) -> None:
    """Attaches what was paid before the invoice came to Stripe, and lets Stripe collect the rest."""
    received, parts = list(_received(invoice)), Parts()
    for payment in received:
        with parts.part(f"attach {payment.pk}"):
            attachments.attach(outbound, payment, invoice, stripe_id)
            reported_refunds.report_all(outbound, payment)
    if received:
        with parts.part("collection"):
            collection.adjust(outbound, invoice, stripe_id)
    parts.finish()


def _received(invoice: Invoice) -> QuerySet[Payment]:
    found = Payment.objects.filter(_STRIPE_IS_TOLD, invoice=invoice, status__in=RECEIVED)
    return found.order_by("created_at", "pk")
