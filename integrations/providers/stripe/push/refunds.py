"""Refunds payments through Stripe (page "Refunds"): once for each refund that was requested in FlexSync."""

from django.utils import timezone

from billing.models import Payment, Refund
from billing.models.refunds import RefundState
from billing.services.payments import refunds
from integrations.errors import Rejected
from integrations.provider_api import Outbound
from integrations.providers.stripe.translate import refunds as translate

SOURCES = ("pi_", "ch_", "py_")


def unconfirmed(payment: Payment) -> list[Refund]:
    """The refunds that Stripe has not confirmed yet."""
    return list(payment.refunds.filter(status=RefundState.PENDING, gateway_refund_id="").order_by("pk"))


def refund_all(outbound: Outbound, payment: Payment) -> None:
    """Sends each unconfirmed refund; one that Stripe refuses has failed, and its reason is kept."""
    for refund in unconfirmed(payment):
        try:
            _send(outbound, payment, refund)
        except Rejected as refusal:
            if refusal.connection_is_broken:
                raise
            if not outbound.dry:
                _settle(outbound, refund, status="failed", failure_reason=str(refusal))


def _send(outbound: Outbound, payment: Payment, refund: Refund) -> None:
    source = payment.gateway_payment_id
    if not source.startswith(SOURCES):
        raise Rejected(
            f"Stripe cannot refund {payment.pk}, because its gateway_payment_id {source!r} is not Stripe's. Refund it"
            " where it was paid, and then record that refund as out_of_band."
        )
    params = translate.create_params(
        refund.pk, payment.pk, source, refund.amount, refund.currency, refund.reason
    )
    response = outbound.once(f"refund-{refund.pk}", "refunds.create", params)
    if outbound.dry:
        return
    facts = translate.facts_of(response)
    _settle(
        outbound,
        refund,
        status=facts.status,
        gateway_refund_id=facts.gateway_refund_id,
        failure_reason=facts.failure_reason,
    )


def _settle(outbound: Outbound, refund: Refund, **outcome: str) -> None:
    refunds.settle(refund=refund, now=timezone.now(), origin=outbound.connection_id, **outcome)
