"""Brings a payment to Stripe: charges a saved method, attaches received money to the invoice, and refunds."""

from django.db.models import Q, QuerySet

from billing.events import Kind
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED, PaymentState
from integrations.models import EntityMapping
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import (
    charges,
    collection,
    default_methods,
    payment_records,
    refunds,
    reported_refunds,
)

# Stripe's invoice takes a payment in these stages only.
_PAYABLE = ("finalized", "uncollectible")
_STARTED_HERE = Q(is_external=False, invoice__isnull=False)
_CONCERNS_STRIPE = (
    Q(status__in=RECEIVED)
    | Q(gateway="stripe", status=PaymentState.CANCELLED)
    | Q(gateway="stripe", off_session=True, status=PaymentState.FAILED)
)


def needs_push(payment_id: str) -> bool:
    """Whether an announced change asks for a push: received money, or a cancelled or failed attempt.

    A charge or a refund that a person asks for is pushed whatever the switches say.
    """
    payment = Payment.objects.filter(_STARTED_HERE, _CONCERNS_STRIPE, pk=payment_id).first()
    if payment is None:
        return False
    invoice_sent = EntityMapping.objects.filter(entity_type=Kind.INVOICE, entity_id=payment.invoice_id)
    return default_methods.is_requested(payment) or charges.is_superseded(payment) or invoice_sent.exists()


def push(outbound: Outbound) -> None:
    """Does what is left to do; each step once."""
    payment = _payment(outbound)
    if charges.is_waiting(payment):
        charges.charge(outbound, payment)
        payment = _payment(outbound)
    charges.cancel_superseded(outbound, payment)
    default_methods.set_from_payment(outbound, payment)
    if payment.invoice is not None and not payment.is_external:
        _update_invoice(outbound, payment, payment.invoice)
    elif not refunds.unconfirmed(payment):
        outbound.skip("attach", "Only payments that began in FlexSync for an invoice are reported to Stripe.")
    refunds.refund_all(outbound, payment)
    reported_refunds.report_all(outbound, payment)


def _payment(outbound: Outbound) -> Payment:
    payments = Payment.objects.select_related("invoice")
    return payments.get(pk=outbound.entity_id, environment_id=outbound.environment_id)


def _update_invoice(outbound: Outbound, payment: Payment, invoice: Invoice) -> None:
    stripe_id = outbound.provider_id_of(Kind.INVOICE, invoice.pk)
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if stripe_id is None or stage not in _PAYABLE:
        outbound.skip(
            "attach", "Stripe has no open invoice for this payment; the invoice's own push will attach it."
        )
        return
    if payment.status in RECEIVED:
        _attach(outbound, payment, invoice, stripe_id)
    collection.adjust(outbound, invoice, stripe_id)


def attach_received(outbound: Outbound, invoice: Invoice, stripe_id: str) -> None:
    """Attaches what was paid before the invoice came to Stripe, and lets Stripe collect the rest."""
    received = list(_received(invoice))
    for payment in received:
        _attach(outbound, payment, invoice, stripe_id)
        reported_refunds.report_all(outbound, payment)
    if received:
        collection.adjust(outbound, invoice, stripe_id)


def _received(invoice: Invoice) -> QuerySet[Payment]:
    found = Payment.objects.filter(_STARTED_HERE, invoice=invoice, status__in=RECEIVED)
    return found.order_by("created_at", "pk")


def _attach(outbound: Outbound, payment: Payment, invoice: Invoice, stripe_id: str) -> None:
    """Page "Attach a payment to an invoice"; noted with the invoice, whose push may meet the same payment."""
    note_name = collection.note_name(payment.pk)
    if note_name in outbound.notes_of(Kind.INVOICE, invoice.pk):
        outbound.skip("attach", "Stripe's invoice already has this payment.")
        return
    if (source := _source(outbound, payment, invoice)) is None:
        return
    outbound.once(
        f"attach-{payment.pk}",
        "invoices.attach_payment",
        source,
        target=stripe_id,
        annotate=lambda _response: {note_name: next(iter(source.values()))},
        about=(Kind.INVOICE, invoice.pk),
    )


def _source(outbound: Outbound, payment: Payment, invoice: Invoice) -> dict[str, str] | None:
    """The intent or the record to attach; None when Stripe's invoice is paid without the payment."""
    intent = payment.gateway_payment_id
    if payment.gateway == "stripe" and intent.startswith("pi_"):
        return {"payment_intent": intent}
    record = payment_records.report(outbound, payment, invoice)
    return None if record is None else {"payment_record": record}
