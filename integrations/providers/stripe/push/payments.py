"""Ties money that came through Stripe to Stripe's own invoice, so that both sides call it paid."""

from django.db.models import QuerySet

from billing.events import Kind
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED, PaymentState
from integrations.provider import Outbound
from integrations.providers.stripe.push import collection

# Stripe's invoice takes a payment in these stages only.
_PAYABLE = ("finalized", "uncollectible")


def wanted(payment_id: str) -> bool:
    """Whether an announced change asks for a push: money received, or an attempt given up, in a checkout of ours."""
    return _ours().filter(pk=payment_id, status__in=(*RECEIVED, PaymentState.CANCELLED)).exists()


def push(outbound: Outbound) -> None:
    """Attaches the payment to Stripe's invoice, when there is one; its own push attaches it otherwise."""
    payment = _ours().filter(pk=outbound.entity_id, environment_id=outbound.environment_id).first()
    if payment is None or payment.invoice is None:
        outbound.skip("attach", "Only payments of an invoice, in a checkout of ours, are told to Stripe.")
        return
    theirs = outbound.theirs(Kind.INVOICE, payment.invoice.pk)
    stage = outbound.stage_of(Kind.INVOICE, payment.invoice.pk).get("stage")
    if theirs is None or stage not in _PAYABLE:
        outbound.skip("attach", "Stripe has no open invoice for it; the invoice's own push will attach it.")
    elif payment.status in RECEIVED and payment.gateway_payment_id.startswith("pi_"):
        _attach(outbound, payment, theirs)
    else:
        collection.follow(outbound, payment.invoice, theirs)


def attach_known(outbound: Outbound, invoice: Invoice, theirs: str) -> None:
    """Attaches what was paid before the invoice came to Stripe."""
    received = _ours().filter(invoice=invoice, status__in=RECEIVED, gateway_payment_id__startswith="pi_")
    for payment in received.order_by("created_at"):
        _attach(outbound, payment, theirs)


def _ours() -> QuerySet[Payment]:
    return Payment.objects.filter(gateway="stripe", is_external=False).exclude(invoice=None)


def _attach(outbound: Outbound, payment: Payment, theirs: str) -> None:
    """Page "Attach a payment to an invoice"; noted with the invoice, whose push may meet the same payment."""
    invoice_id = str(payment.invoice_id)
    attached = f"attached {payment.pk}"
    if attached in outbound.stage_of(Kind.INVOICE, invoice_id):
        outbound.skip("attach", "Stripe's invoice has this payment already.")
        return
    intent = payment.gateway_payment_id
    outbound.once(
        f"attach-{payment.pk}",
        "invoices.attach_payment",
        {"payment_intent": intent},
        target=theirs,
        note=lambda _answer: {attached: intent},
        about=(Kind.INVOICE, invoice_id),
    )
