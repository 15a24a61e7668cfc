"""Charges a saved payment method while the customer is not there (page "Charge a saved payment method")."""

from django.utils import timezone

from billing.events import Kind
from billing.facts import PaymentEvidence
from billing.models import Payment
from billing.models.payments import PaymentState
from billing.services.payments import payments
from integrations.errors import Rejected
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import collection, default_methods, open_sessions
from integrations.providers.stripe.translate import charges as translate
from integrations.providers.stripe.translate.payments import of_intent

NO_METHOD = "no_saved_payment_method"
REFUSED = "refused"


def waits(payment: Payment) -> bool:
    """Whether the payment is one that a saved method is still to be charged for."""
    return payment.off_session and payment.gateway == "stripe" and payment.status == PaymentState.PENDING


def charge(outbound: Outbound, payment: Payment) -> None:
    """Charges it once; what became of it is in the payment, a decline and the bank's wish for 3-D Secure too."""
    customer = outbound.provider_id_of(Kind.CUSTOMER, payment.customer_id)
    method = _method(outbound, payment, customer) if customer else ""
    if customer is None or not method:
        said = "The customer has no default payment method at Stripe: save one, or name the one to charge."
        _end(outbound, payment, NO_METHOD, said)
        return
    try:
        _take(outbound, payment, customer, method)
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise
        _end(outbound, payment, REFUSED, str(refusal))


def is_left(payment: Payment) -> bool:
    """Whether the payment is a charge that nobody waits for any more, and that is not cancelled at Stripe."""
    return payment.off_session and payment.failure_code == payments.SUPERSEDED


def give_up(outbound: Outbound, payment: Payment) -> None:
    """Cancels what is left of it at Stripe."""
    intent = outbound.provider_id_of(Kind.PAYMENT, payment.pk)
    if is_left(payment) and intent:
        outbound.once("cancel", "payment_intents.cancel", {}, target=intent)


def _take(outbound: Outbound, payment: Payment, customer: str, method: str) -> None:
    open_sessions.close(outbound, payment)
    theirs = outbound.provider_id_of(Kind.INVOICE, payment.invoice_id) if payment.invoice_id else None
    if payment.invoice_id and theirs:
        # Stripe must not collect the same debt by itself at the same moment.
        collection.hold(outbound, payment.invoice_id, theirs)
    params = translate.intent_params(
        payments.facts(payment), payment.pk, customer, method, f"Invoice {payment.invoice}"
    )
    answer = outbound.once("charge", "payment_intents.create", params, link=(Kind.PAYMENT, payment.pk))
    if outbound.dry or "status" not in answer:
        return
    evidence = of_intent(answer)
    payments.settle(
        environment_id=outbound.environment_id,
        payment_id=payment.pk,
        evidence=PaymentEvidence(
            status=evidence.status,
            gateway_payment_id=evidence.gateway_payment_id,
            gateway_method_id=method,
            checkout_url=_recovery(payment) if evidence.status == PaymentState.REQUIRES_ACTION else "",
            method=evidence.method,
            failure_code=evidence.failure_code,
            failure_message=evidence.failure_message,
        ),
        now=timezone.now(),
        origin=outbound.connection_id,
    )


def _recovery(payment: Payment) -> str:
    """Where the customer can pay all the same: the invoice's page at Stripe, "" when it is not there."""
    return payment.invoice.hosted_invoice_url if payment.invoice else ""


def _method(outbound: Outbound, payment: Payment, customer: str) -> str:
    """The method that was chosen, or the customer's default: Stripe's own, unless it was not told of a newer one yet."""
    if payment.gateway_method_id:
        return payment.gateway_method_id
    if newer := default_methods.untold(outbound, payment.customer):
        return newer
    found = outbound.once("ask-default", "customers.retrieve", {}, target=customer)
    return "<the customer's default payment method>" if outbound.dry else translate.default_method(found)


def _end(outbound: Outbound, payment: Payment, code: str, message: str) -> None:
    if outbound.dry:
        outbound.skip("charge", message)
        return
    payments.settle(
        environment_id=outbound.environment_id,
        payment_id=payment.pk,
        evidence=PaymentEvidence(status="failed", failure_code=code, failure_message=message),
        now=timezone.now(),
        origin=outbound.connection_id,
    )
