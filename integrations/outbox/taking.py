"""Before money is asked for: what else asks is closed, the provider looked at, and it is decided whether."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from billing.errors import Code, Conflict
from billing.events import Kind
from billing.facts import PaymentEvidence
from billing.models import Invoice, Payment
from billing.models.invoices import InvoiceStatus
from billing.models.payments import PaymentState
from billing.money import text
from billing.services.payments import closing, payments, taking
from integrations.errors import Rejected
from integrations.mappings import entity_mappings
from integrations.provider_api import REMAINING, InvoiceThere, Outbound, Payments, Provider

# What a provider's push of a payment calls the step that charges it: by this name a dry run shows whether it
# would.
STEP = "charge"
REFUSED = "refused"
# By how much a gateway may close a page later than it said.
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True)
class Refusal:
    """Why money may not be asked for now."""

    code: Code
    message: str
    details: Mapping[str, str] = field(default_factory=dict)

    def error(self) -> Conflict:
        """The error for a caller who waits."""
        return Conflict(self.message, code=self.code, details=self.details)


def before_charge(outbound: Outbound, provider: Provider) -> Refusal | None:
    """Prepares the charge of a saved method that the pushed payment waits for, unless it has begun.

    Where it may not be charged, the payment is cancelled with the reason, or has failed.
    """
    payment = Payment.objects.get(pk=outbound.entity_id, environment_id=outbound.environment_id)
    waits = payment.off_session and payment.status == PaymentState.PENDING
    if not waits or not _is_its(outbound, provider, payment) or outbound.has_begun(STEP):
        return None
    try:
        return prepare(outbound, provider.payments, payment)
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


def _is_its(outbound: Outbound, provider: Provider, payment: Payment) -> bool:
    return payment.gateway == provider.slug and payment.connection_id in ("", outbound.connection_id)


def prepare(outbound: Outbound, means: Payments, payment: Payment) -> Refusal | None:
    """Closes the payment's rivals, looks at its invoice, and gives it the amount that remains there.

    What the look shows is applied in the transaction that decides. A refused payment is cancelled.
    """
    if means.close is not None:
        for rival in _rivals_at(outbound.connection_id, payment):
            means.close(outbound, payment_id=rival)
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


def _rivals_at(connection_id: str, payment: Payment) -> list[str]:
    """What can be closed there, and pages with whose money a bank is busy: that may have ended meanwhile."""
    processing = Payment.objects.filter(invoice_id=payment.invoice_id, status=PaymentState.PROCESSING)
    pages = processing.exclude(pk=payment.pk).exclude(gateway_session_id="")
    found = [*_open_rivals(payment), *pages.order_by("pk")]
    return [rival.pk for rival in found if rival.connection_id == connection_id]


def _open_rivals(payment: Payment) -> QuerySet[Payment]:
    """The other attempts of its invoice for which a gateway may still take money, and that can be closed.

    A page that has expired is not open, even if its gateway has not said so.
    """
    found = Payment.objects.filter(invoice_id=payment.invoice_id, is_open_at_gateway=True)
    found = found.exclude(checkout_expires_at__lt=timezone.now() - CLOCKS_DIFFER)
    return found.exclude(pk=payment.pk).exclude(status=PaymentState.PROCESSING).order_by("pk")


def _decide(connection_id: str, payment_id: str, there: InvoiceThere | None) -> Refusal | None:
    """Gives the payment what remains, or cancels it; one that has ended meanwhile is left as it is."""
    invoice_id = Payment.objects.values_list("invoice_id", flat=True).get(pk=payment_id)
    invoice = Invoice.objects.select_for_update(no_key=True).get(pk=invoice_id)
    payment = Payment.objects.get(pk=payment_id)
    place = {"environment_id": payment.environment_id, "payment_id": payment.pk}
    refusal = _refusal(invoice, payment, there)
    if payment.status not in (PaymentState.PENDING, PaymentState.FAILED):
        return None if payment.off_session else refusal or _has_ended(payment)
    if refusal is not None:
        closing.cancel(**place, code=refusal.code, message=refusal.message)
        return refusal
    own = there.payment_id if there and payment.off_session else ""
    taking.ask_for(**place, amount=invoice.amount_remaining, gateway_payment_id=own)
    if own:
        entity_mappings.move(
            connection_id=connection_id, kind=Kind.PAYMENT, entity_id=payment.pk, provider_id=own
        )
    return None


def _refusal(invoice: Invoice, payment: Payment, there: InvoiceThere | None) -> Refusal | None:
    remaining = invoice.amount_remaining
    asked = remaining if there is None else there.amount_remaining
    if invoice.status != InvoiceStatus.FINALIZED:
        return Refusal(
            Code.INVOICE_NOT_OPEN, f"Invoice {invoice.pk} is {invoice.status}. It can no longer be paid."
        )
    if remaining <= 0:
        return Refusal(Code.INVOICE_PAID, f"Nothing is due on invoice {invoice.pk}.")
    if rival := under_way(payment):
        return Refusal(Code.PAYMENT_IN_PROGRESS, in_progress(rival))
    if asked != remaining:
        return _difference(invoice, there)
    return None


def under_way(payment: Payment) -> Payment | None:
    """Another payment of the invoice that no one can stop: a bank works on it, or its page is still open."""
    others = Payment.objects.filter(invoice_id=payment.invoice_id).exclude(pk=payment.pk)
    processing = others.filter(status=PaymentState.PROCESSING).first()
    return processing or _open_rivals(payment).first()


def in_progress(rival: Payment) -> str:
    """What to say of a payment that is under way."""
    what = f"{text(rival.amount, rival.currency)} {rival.currency}"
    return (
        f"The payment {rival.pk} of {what} is under way for invoice {rival.invoice_id}."
        " Wait until it has succeeded or failed."
    )


def numbers(payment: Payment) -> dict[str, str]:
    """The two amounts for which the payment was refused, {} where that was not the reason."""
    if payment.failure_code != Code.AMOUNTS_DIFFER or payment.invoice is None:
        return {}
    noted = entity_mappings.notes_of(payment.connection_id, Kind.INVOICE, payment.invoice.pk)
    here = text(payment.invoice.amount_remaining, payment.currency)
    return {"here": here, "there": str(noted.get(REMAINING, ""))}


def _difference(invoice: Invoice, there: InvoiceThere | None) -> Refusal:
    numbers = {"here": text(invoice.amount_remaining, invoice.currency)}
    numbers["there"] = text(there.amount_remaining, invoice.currency) if there else numbers["here"]
    return Refusal(
        Code.AMOUNTS_DIFFER,
        f"{numbers['here']} {invoice.currency} remains of invoice {invoice.pk} here, but its counterpart"
        f" {there.id if there else ''} asks for {numbers['there']} {invoice.currency}. Nothing was asked of the customer."
        " Find out which is right: a payment or a credit may be missing on one side.",
        numbers,
    )


def _has_ended(payment: Payment) -> Refusal:
    message = f"The payment {payment.pk} is {payment.status} by now. Try again."
    return Refusal(Code.PAYMENT_IN_PROGRESS, message)
