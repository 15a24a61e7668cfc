"""How the charge of a saved method ended: what a PaymentIntent says, for the payment that it was made for."""

from dataclasses import replace

from django.utils import timezone

from billing.facts import PaymentEvidence
from billing.models import Payment
from billing.models.payments import PaymentState
from billing.services.payments import payments
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.translate import payments as translate
from integrations.providers.stripe.translate.fields import read_time


def of_intent(intent: Json, payment: Payment, method: str) -> PaymentEvidence:
    """The outcome; a customer who has to act can do so at ``checkout_url``."""
    evidence = translate.of_intent(intent)
    requires_action = evidence.status == PaymentState.REQUIRES_ACTION
    return PaymentEvidence(
        status=evidence.status,
        gateway_payment_id=evidence.gateway_payment_id,
        gateway_charge_id=evidence.gateway_charge_id,
        gateway_method_id=method,
        checkout_url=recovery_url(payment) if requires_action else "",
        method=evidence.method,
        failure_code=evidence.failure_code,
        failure_message=evidence.failure_message,
        # One call makes and confirms it; its answer may be read long after that.
        happened_at=evidence.happened_at or read_time(intent, "created"),
    )


def of_error(error: Json, payment: Payment, method: str) -> PaymentEvidence:
    """The outcome of a decline whose response shows no PaymentIntent (page "Decline codes")."""
    code = str(error.get("decline_code") or error.get("code") or "")
    if "authentication_required" in (code, error.get("code")):
        url = recovery_url(payment)
        return PaymentEvidence(status="requires_action", gateway_method_id=method, checkout_url=url)
    return PaymentEvidence(
        status="failed",
        gateway_charge_id=str(error.get("charge") or ""),
        gateway_method_id=method,
        failure_code=code,
        failure_message=str(error.get("message") or ""),
    )


def recovery_url(payment: Payment) -> str:
    """Where the customer can still pay: the invoice's page at Stripe, "" when it is not there."""
    return payment.invoice.hosted_invoice_url if payment.invoice else ""


def settle(outbound: Outbound, payment: Payment, evidence: PaymentEvidence) -> None:
    """Records the outcome; which PaymentIntent it is stays as it was decided before the charge."""
    if payment.gateway_payment_id:
        evidence = replace(evidence, gateway_payment_id=payment.gateway_payment_id)
    now = timezone.now()
    payments.settle(
        environment_id=outbound.environment_id,
        payment_id=payment.pk,
        evidence=evidence,
        now=min(evidence.happened_at or now, now),
        origin=outbound.connection_id,
    )
