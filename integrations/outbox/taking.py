"""Before money is asked for: what else asks is closed, the provider looked at, and it is decided whether."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from billing.facts import PaymentEvidence
from billing.models import Invoice, Payment
from billing.models.payments import PaymentState
from billing.services.payments import closing, payments, taking
from integrations.errors import Gone, Rejected
from integrations.mappings import entity_mappings
from integrations.outbox import refusals, rivals
from integrations.outbox.refusals import Refusal
from integrations.provider_api import InvoiceThere, Outbound, Payments, Provider

# What a provider's push of a payment calls the step that charges it: by this name a dry run shows whether it
# would.
STEP = "charge"
REFUSED = "refused"


def before_charge(outbound: Outbound, provider: Provider) -> Refusal | None:
    """Prepares the charge of a saved method that the pushed payment waits for, unless it has begun.

    Where it may not be charged, the payment is cancelled with the reason, or has failed.
    """
    payment = Payment.objects.get(pk=outbound.entity_id, environment_id=outbound.environment_id)
    waits = payment.off_session and payment.status == PaymentState.PENDING
    if (
        not waits
        or not payment.goes_through(outbound.connection_id, provider.slug)
        or outbound.has_begun(STEP)
    ):
        return None
    try:
        return prepare(outbound, provider.payments, payment)
    except Gone as gone:
        if outbound.dry:
            raise
        named = {"environment_id": payment.environment_id, "payment_id": payment.pk}
        closing.cancel(**named, code=gone.code, message=str(gone))
        return None
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise
        failed = PaymentEvidence(status="failed", failure_code=REFUSED, failure_message=str(refusal))
        payments.settle(
            environment_id=payment.environment_id,
            payment_id=payment.pk,
            evidence=failed,
            now=timezone.now(),
            origin=outbound.connection_id,
        )
        return None


def prepare(outbound: Outbound, means: Payments, payment: Payment) -> Refusal | None:
    """Closes the payment's rivals, looks at its invoice, and gives it the amount that remains there.

    What the look shows is applied in the transaction that decides. A refused payment is cancelled.
    """
    if payment.invoice_id:
        close_rivals(outbound, means, payment.invoice_id, besides=payment.pk)
    there = None
    if means.look_at_invoice is not None and payment.invoice_id:
        there = means.look_at_invoice(outbound, invoice_id=payment.invoice_id)
    if outbound.dry:
        return None
    if there is None:
        with transaction.atomic():
            return _decide(outbound.connection_id, payment.pk, None)
    decide = partial(_decide, outbound.connection_id, payment.pk, there)
    return outbound.observe(Kind.INVOICE, there.answer, decide)


def close_rivals(outbound: Outbound, means: Payments, invoice_id: str, *, besides: str = "") -> None:
    """Closes what is open for the invoice at the connection, but ``besides``; what became of it counts."""
    if means.close is not None:
        for rival in rivals.at_connection(outbound.connection_id, invoice_id, besides=besides):
            means.close(outbound, payment_id=rival)


def _decide(connection_id: str, payment_id: str, there: InvoiceThere | None) -> Refusal | None:
    """Gives the payment what remains, or cancels it; one that has ended meanwhile is left as it is."""
    invoice_id = Payment.objects.values_list("invoice_id", flat=True).get(pk=payment_id)
    invoice = Invoice.objects.select_for_update(no_key=True).get(pk=invoice_id)
    payment = Payment.objects.get(pk=payment_id)
    place = {"environment_id": payment.environment_id, "payment_id": payment.pk}
    refusal = refusals.of(invoice, payment, there)
    if payment.status not in (PaymentState.PENDING, PaymentState.FAILED):
        return None if payment.off_session else refusal or refusals.has_ended(payment)
    if refusal is not None:
        closing.cancel(**place, code=refusal.code, message=refusal.message)
        return refusal
    own = there.payment_id if there and payment.off_session else ""
    taking.ask_for(**place, amount=invoice.amount_remaining, gateway_payment_id=own, now=timezone.now())
    if own:
        entity_mappings.move(
            connection_id=connection_id, kind=Kind.PAYMENT, entity_id=payment.pk, provider_id=own
        )
    return None
