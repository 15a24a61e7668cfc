"""Brings a payment to Stripe: charges what is to be charged, tells its invoice of money, gives back what goes back."""

from django.db.models import Q, QuerySet

from billing.events import Kind
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED, PaymentState
from integrations.models import EntityMapping
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import (
    charges,
    collection,
    credit_notes,
    default_methods,
    payment_records,
    refunds,
    reported_refunds,
)
from integrations.providers.stripe.translate.payments import PROMOTION

# Stripe's invoice takes a payment in these stages only.
_PAYABLE = ("finalized", "uncollectible")
_OURS = Q(is_external=False, invoice__isnull=False)
_NEWS = (
    Q(status__in=RECEIVED)
    | Q(gateway="stripe", status=PaymentState.CANCELLED)
    | Q(gateway="stripe", off_session=True, status=PaymentState.FAILED)
)


def wanted(payment_id: str) -> bool:
    """Whether an announced change asks for a push: money that came, or an attempt that was given up.

    What a person asks for, a charge or a refund, is pushed whatever the switches say.
    """
    payment = Payment.objects.filter(_OURS, _NEWS, pk=payment_id).first()
    if payment is None:
        return False
    sent = EntityMapping.objects.filter(entity_type=Kind.INVOICE, entity_id=payment.invoice_id)
    return default_methods.wanted(payment) or charges.is_left(payment) or sent.exists()


def push(outbound: Outbound) -> None:
    """Does what is left to do; each step once."""
    payment = _payment(outbound)
    if charges.waits(payment):
        charges.charge(outbound, payment)
        payment = _payment(outbound)
    charges.give_up(outbound, payment)
    default_methods.follow(outbound, payment)
    if payment.invoice is not None and not payment.is_external:
        _tell(outbound, payment, payment.invoice)
    elif not refunds.wanted(payment):
        outbound.skip("attach", "Only payments of an invoice, made here, are told to Stripe.")
    refunds.give_back(outbound, payment)
    reported_refunds.follow(outbound, payment)


def _payment(outbound: Outbound) -> Payment:
    payments = Payment.objects.select_related("invoice")
    return payments.get(pk=outbound.entity_id, environment_id=outbound.environment_id)


def _tell(outbound: Outbound, payment: Payment, invoice: Invoice) -> None:
    theirs = outbound.provider_id_of(Kind.INVOICE, invoice.pk)
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if theirs is None or stage not in _PAYABLE:
        outbound.skip("attach", "Stripe has no open invoice for it; the invoice's own push will attach it.")
        return
    if payment.status in RECEIVED:
        _add(outbound, payment, invoice, theirs)
    collection.follow(outbound, invoice, theirs)


def attach_known(outbound: Outbound, invoice: Invoice, theirs: str) -> None:
    """Tells a new invoice of Stripe what was paid before it came there, and lets Stripe collect the rest."""
    received = list(_received(invoice))
    for payment in received:
        _add(outbound, payment, invoice, theirs)
        reported_refunds.follow(outbound, payment)
    if received:
        collection.follow(outbound, invoice, theirs)


def _received(invoice: Invoice) -> QuerySet[Payment]:
    return Payment.objects.filter(_OURS, invoice=invoice, status__in=RECEIVED).order_by("created_at", "pk")


def _add(outbound: Outbound, payment: Payment, invoice: Invoice, theirs: str) -> None:
    """Page "Attach a payment to an invoice"; noted with the invoice, whose push may meet the same payment."""
    mark = collection.mark(payment.pk)
    if mark in outbound.notes_of(Kind.INVOICE, invoice.pk):
        outbound.skip("attach", "Stripe's invoice has this payment already.")
        return
    if payment.method == PROMOTION:
        credit_notes.credit(outbound, payment, invoice, theirs)
        return
    intent = payment.gateway_payment_id
    if payment.gateway == "stripe" and intent.startswith("pi_"):
        source = {"payment_intent": intent}
    else:
        record = payment_records.report(outbound, payment, invoice)
        if record is None:
            return
        source = {"payment_record": record}
    outbound.once(
        f"attach-{payment.pk}",
        "invoices.attach_payment",
        source,
        target=theirs,
        annotate=lambda _answer: {mark: next(iter(source.values()))},
        about=(Kind.INVOICE, invoice.pk),
    )
