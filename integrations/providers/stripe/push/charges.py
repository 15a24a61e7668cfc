"""Charges a saved payment method while the customer is not there (page "Charge a saved payment method")."""

from django.utils import timezone

from billing.events import Kind
from billing.facts import PaymentEvidence
from billing.models import Payment
from billing.models.payments import PaymentState
from billing.services.payments import payments
from integrations.errors import Rejected
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import collection, default_methods, open_sessions
from integrations.providers.stripe.translate import charges as translate
from integrations.providers.stripe.translate.payments import of_intent

NO_METHOD = "no_saved_payment_method"
REFUSED = "refused"


def is_waiting(payment: Payment) -> bool:
    """Whether a saved method is still to be charged for the payment."""
    return payment.off_session and payment.gateway == "stripe" and payment.status == PaymentState.PENDING


def charge(outbound: Outbound, payment: Payment) -> None:
    """Charges the method once, and records the outcome: success, a decline, or required 3-D Secure."""
    customer = outbound.provider_id_of(Kind.CUSTOMER, payment.customer_id)
    method = _method(outbound, payment, customer) if customer else ""
    if customer is None or not method:
        message = "The customer has no default payment method at Stripe. Save one, or name the one to charge."
        _fail(outbound, payment, NO_METHOD, message)
        return
    try:
        _create_intent(outbound, payment, customer, method)
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise
        _fail(outbound, payment, REFUSED, str(refusal))


def is_superseded(payment: Payment) -> bool:
    """Whether the payment is a charge that another payment has replaced: its intent has to be cancelled."""
    return payment.off_session and payment.failure_code == payments.SUPERSEDED


def cancel_superseded(outbound: Outbound, payment: Payment) -> None:
    """Cancels the intent of a superseded charge at Stripe."""
    intent = outbound.provider_id_of(Kind.PAYMENT, payment.pk)
    if is_superseded(payment) and intent:
        outbound.once("cancel", "payment_intents.cancel", {}, target=intent)


def _create_intent(outbound: Outbound, payment: Payment, customer: str, method: str) -> None:
    open_sessions.expire_others(outbound, payment)
    collection.pause_for(outbound, payment)
    params = translate.intent_params(
        payments.facts(payment), payment.pk, customer, method, f"Invoice {payment.invoice}"
    )
    intent = outbound.once("charge", "payment_intents.create", params, link=(Kind.PAYMENT, payment.pk))
    if not outbound.dry and "status" in intent:
        _settle(outbound, payment, _evidence(payment, intent, method))


def _evidence(payment: Payment, intent: Json, method: str) -> PaymentEvidence:
    evidence = of_intent(intent)
    return PaymentEvidence(
        status=evidence.status,
        gateway_payment_id=evidence.gateway_payment_id,
        gateway_method_id=method,
        checkout_url=_recovery_url(payment) if evidence.status == PaymentState.REQUIRES_ACTION else "",
        method=evidence.method,
        failure_code=evidence.failure_code,
        failure_message=evidence.failure_message,
    )


def _recovery_url(payment: Payment) -> str:
    """Where the customer can still pay: the invoice's page at Stripe, "" when it is not there."""
    return payment.invoice.hosted_invoice_url if payment.invoice else ""


def _method(outbound: Outbound, payment: Payment, customer: str) -> str:
    """The chosen method, or the customer's default: Stripe's own, unless a newer one is yet to be sent."""
    if payment.gateway_method_id:
        return payment.gateway_method_id
    if newer := default_methods.unsent(outbound, payment.customer):
        return newer
    found = outbound.once("ask-default", "customers.retrieve", {}, target=customer)
    return "<the customer's default payment method>" if outbound.dry else translate.default_method(found)


def _fail(outbound: Outbound, payment: Payment, code: str, message: str) -> None:
    if outbound.dry:
        outbound.skip("charge", message)
    else:
        failure = PaymentEvidence(status="failed", failure_code=code, failure_message=message)
        _settle(outbound, payment, failure)


def _settle(outbound: Outbound, payment: Payment, evidence: PaymentEvidence) -> None:
    payments.settle(
        environment_id=outbound.environment_id,
        payment_id=payment.pk,
        evidence=evidence,
        now=timezone.now(),
        origin=outbound.connection_id,
    )
