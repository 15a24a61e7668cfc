"""Gives money of a payment back through Stripe (page "Refunds"): once for each refund that was asked for here."""

from django.utils import timezone

from billing.models import Payment, Refund
from billing.models.refunds import RefundState
from billing.services.payments import refunds
from integrations.errors import Rejected
from integrations.provider_api import Outbound
from integrations.providers.stripe.translate import refunds as translate

SOURCES = ("pi_", "ch_", "py_")


def wanted(payment: Payment) -> list[Refund]:
    """The refunds that Stripe has not confirmed yet."""
    return list(payment.refunds.filter(status=RefundState.PENDING, gateway_refund_id="").order_by("pk"))


def give_back(outbound: Outbound, payment: Payment) -> None:
    """Refunds what is asked for; what Stripe refuses is a refund that failed, and its reason is kept."""
    for refund in wanted(payment):
        try:
            _give(outbound, payment, refund)
        except Rejected as refusal:
            if refusal.connection_is_broken:
                raise
            if not outbound.dry:
                _settle(outbound, refund, status="failed", failure_reason=str(refusal))


def _give(outbound: Outbound, payment: Payment, refund: Refund) -> None:
    source = payment.gateway_payment_id
    if not source.startswith(SOURCES):
        raise Rejected(f"Stripe does not hold the money of {payment.pk}: {source} came from elsewhere.")
    params = translate.create_params(
        refund.pk, payment.pk, source, refund.amount, refund.currency, refund.reason
    )
    answer = outbound.once(f"refund-{refund.pk}", "refunds.create", params)
    if outbound.dry:
        return
    facts = translate.facts_of(answer)
    _settle(
        outbound,
        refund,
        status=facts.status,
        gateway_refund_id=facts.gateway_refund_id,
        failure_reason=facts.failure_reason,
    )


def _settle(outbound: Outbound, refund: Refund, **said: str) -> None:
    refunds.settle(refund=refund, now=timezone.now(), origin=outbound.connection_id, **said)
