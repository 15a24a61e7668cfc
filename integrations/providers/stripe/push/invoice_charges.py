"""Charges a saved method through Stripe's invoice (page "Pay an invoice")."""

from functools import partial

from billing.errors import Code
from billing.events import Kind
from billing.facts import PaymentEvidence
from billing.models import Payment
from billing.models.payments import PaymentState
from billing.services.payments import closing
from integrations.errors import Rejected
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import charge_outcomes, looks
from integrations.providers.stripe.translate import open_invoices

# Page "Error codes": Stripe's words, by which it refuses, are not for programs; the invoice itself tells why.
_ENDED = ("paid", "void")


def pay(outbound: Outbound, payment: Payment, stripe_id: str, method: str) -> None:
    """Pays all that remains of the invoice, and records the outcome.

    ``off_session`` is said, because a card that wants 3-D Secure is asked for it otherwise. Raises Rejected
    for what Stripe refuses, unless the invoice was paid in another way, or is being paid.
    """
    params = {"payment_method": method, "off_session": True, **open_invoices.PAYMENTS}
    try:
        answer = outbound.once("charge", "invoices.pay", params, target=stripe_id)
    except Rejected as refusal:
        if refusal.connection_is_broken or not _was_forestalled(outbound, payment, stripe_id):
            raise
        return
    if outbound.dry:
        return
    if answer.get("object") == "invoice":
        outbound.observe(Kind.INVOICE, answer, partial(_keep_method, outbound, payment, answer, method))
    elif answer.get("object") == "payment_intent":
        charge_outcomes.settle(outbound, payment, charge_outcomes.of_intent(answer, payment, method))
    else:
        charge_outcomes.settle(outbound, payment, charge_outcomes.of_error(answer, payment, method))


def _keep_method(outbound: Outbound, payment: Payment, invoice: Json, method: str) -> None:
    """Keeps what was charged, once the invoice has shown what came of it."""
    current = Payment.objects.select_related("invoice").get(pk=payment.pk)
    intent = open_invoices.intent_with_id(invoice, current.gateway_payment_id)
    if intent is not None and current.status == PaymentState.PENDING:
        charge_outcomes.settle(outbound, current, charge_outcomes.of_intent(intent, current, method))
    else:
        kept = PaymentEvidence(status=current.status, gateway_method_id=method)
        charge_outcomes.settle(outbound, current, kept)


def _was_forestalled(outbound: Outbound, payment: Payment, stripe_id: str) -> bool:
    """Whether the invoice was paid, ended or is being paid in another way, as another look shows.

    The payment is then cancelled for that reason, unless the look has settled it.
    """
    answer = looks.read(outbound, stripe_id)
    return bool(outbound.observe(Kind.INVOICE, answer, partial(_cancel_forestalled, payment, answer)))


def _cancel_forestalled(payment: Payment, invoice: Json) -> bool:
    current = Payment.objects.get(pk=payment.pk)
    if current.status != PaymentState.PENDING:
        return True
    processing = open_invoices.processing_intent(invoice)
    if invoice["status"] not in _ENDED and not processing:
        return False
    code = Code.INVOICE_PAID if invoice["status"] == "paid" else Code.INVOICE_NOT_OPEN
    message = f"Stripe's invoice {invoice['id']} is {invoice['status']} already: nothing was charged."
    if processing:
        code, message = (
            Code.PAYMENT_IN_PROGRESS,
            f"{processing} is under way for Stripe's invoice {invoice['id']}.",
        )
    closing.cancel(environment_id=current.environment_id, payment_id=current.pk, code=code, message=message)
    return True
