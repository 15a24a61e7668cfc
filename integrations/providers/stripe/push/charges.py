"""Charges a saved payment method while the customer is not there (page "Charge a saved payment method").

An invoice that is at Stripe is charged through itself (page "Pay an invoice"): its own lock rules out that it
is paid twice, and its payment needs no attaching.
"""

from dataclasses import replace

from billing.errors import Code
from billing.events import Kind
from billing.facts import PaymentEvidence
from billing.models import Payment
from billing.models.payments import PaymentState
from billing.services.payments import closing, payments
from integrations.errors import Gone, Rejected, TooSmall
from integrations.provider_api import METHOD_REFUSED, Outbound
from integrations.providers.stripe.push import charge_outcomes, collection, default_methods, invoice_charges
from integrations.providers.stripe.translate import charges as translate
from integrations.providers.stripe.translate.customers import default_method

NO_METHOD = "no_saved_payment_method"
REFUSED = "refused"


def is_waiting(outbound: Outbound, payment: Payment) -> bool:
    """Whether a saved method is still to be charged for the payment, at this connection."""
    is_its = payment.goes_through(outbound.connection_id, "stripe")
    return payment.off_session and is_its and payment.status == PaymentState.PENDING


def charge(outbound: Outbound, payment: Payment) -> None:
    """Charges the method once, and records the outcome: success, a decline, or required 3-D Secure.

    For a customer who is gone nothing is asked.
    """
    try:
        _charge(outbound, payment)
    except Gone as gone:
        if outbound.dry:
            raise
        _call_off(payment, gone.code, gone)


def _charge(outbound: Outbound, payment: Payment) -> None:
    customer = outbound.provider_id_of(Kind.CUSTOMER, payment.customer_id)
    method = _method(outbound, payment, customer) if customer else ""
    if customer is None or not method:
        message = "The customer has no default payment method at Stripe. Save one, or name the one to charge."
        _fail(outbound, payment, NO_METHOD, message)
        return
    try:
        _take(outbound, payment, customer, method)
    except Rejected as refusal:
        if refusal.connection_is_broken or isinstance(refusal, Gone):
            raise
        _refuse(outbound, payment, refusal)


def _take(outbound: Outbound, payment: Payment, customer: str, method: str) -> None:
    invoice = outbound.provider_id_of(Kind.INVOICE, payment.invoice_id) if payment.invoice_id else None
    notes = outbound.notes_of(Kind.INVOICE, payment.invoice_id) if payment.invoice_id else {}
    if invoice is None or collection.is_draft(notes):
        _create_intent(outbound, payment, customer, method)
    else:
        invoice_charges.pay(outbound, payment, invoice, method)


def _create_intent(outbound: Outbound, payment: Payment, customer: str, method: str) -> None:
    """Where Stripe has no open invoice to pay: the invoice's own push attaches the payment later."""
    params = translate.intent_params(
        payments.facts(payment), payment.pk, customer, method, f"Invoice {payment.invoice}"
    )
    intent = outbound.once("charge", "payment_intents.create", params, link=(Kind.PAYMENT, payment.pk))
    if not outbound.dry and "status" in intent:
        evidence = charge_outcomes.of_intent(intent, payment, method)
        is_open = evidence.status in (PaymentState.PROCESSING, PaymentState.REQUIRES_ACTION)
        charge_outcomes.settle(outbound, payment, replace(evidence, is_open=is_open))


def _method(outbound: Outbound, payment: Payment, customer: str) -> str:
    """The chosen method, or the customer's default: Stripe's own, unless a newer one is yet to be sent."""
    if payment.gateway_method_id:
        return payment.gateway_method_id
    if payment.customer and (newer := default_methods.unsent(outbound, payment.customer)):
        return newer
    found = outbound.once("ask-default", "customers.retrieve", {}, target=customer)
    return "<the customer's default payment method>" if outbound.dry else default_method(found)


def _refuse(outbound: Outbound, payment: Payment, refusal: Rejected) -> None:
    """A method that the caller named and Stripe does not know is the caller's mistake: nothing was asked.

    Nor was it for an amount that is too small for Stripe.
    """
    if isinstance(refusal, TooSmall) and not outbound.dry:
        _call_off(payment, Code.AMOUNT_TOO_SMALL, refusal)
    elif refusal.param == "payment_method" and payment.gateway_method_id and not outbound.dry:
        _call_off(payment, METHOD_REFUSED, refusal)
    else:
        _fail(outbound, payment, REFUSED, str(refusal))


def _call_off(payment: Payment, code: str, refusal: Rejected) -> None:
    named = {"environment_id": payment.environment_id, "payment_id": payment.pk}
    closing.cancel(**named, code=code, message=str(refusal))


def _fail(outbound: Outbound, payment: Payment, code: str, message: str) -> None:
    if outbound.dry:
        outbound.skip("charge", message)
    else:
        failure = PaymentEvidence(status="failed", failure_code=code, failure_message=message)
        charge_outcomes.settle(outbound, payment, failure)
