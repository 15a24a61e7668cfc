"""Refunds payments through Stripe (page "Refunds"): once for each refund that was requested in FlexSync."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

from billing.models import Payment, Refund
from billing.models.refunds import RefundState
from billing.services.payments import refunds
from integrations.errors import Rejected
from integrations.provider_api import Outbound, Parts
from integrations.providers.stripe.push import overpaid_credit
from integrations.providers.stripe.translate import moments
from integrations.providers.stripe.translate import refunds as translate

SOURCES = ("pi_", "ch_", "py_")


def unconfirmed(payment: Payment) -> list[Refund]:
    """The refunds that Stripe has not confirmed yet."""
    return list(payment.refunds.filter(status=RefundState.PENDING, gateway_refund_id="").order_by("pk"))


def push(outbound: Outbound) -> None:
    """Sends each unconfirmed refund of the payment, and takes back what Stripe has made credit of.

    A refund that Stripe refuses has failed, and its reason is kept.
    """
    payments = Payment.objects.select_related("invoice")
    payment = payments.get(pk=outbound.entity_id, environment_id=outbound.environment_id)
    parts = Parts()
    for refund in unconfirmed(payment):
        with parts.part("refund"), _kept_refusal(outbound, refund):
            _send(outbound, payment, refund)
    with parts.part("credit"):
        overpaid_credit.take_back(outbound, payment)
    parts.finish()


@contextmanager
def _kept_refusal(outbound: Outbound, refund: Refund) -> Iterator[None]:
    try:
        yield
    except Rejected as refusal:
        if not refusal.connection_is_broken and not outbound.dry:
            _settle(outbound, refund, None, status="failed", failure_reason=str(refusal))
        raise


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
        moments.refunded(response, {}),
        status=facts.status,
        gateway_refund_id=facts.gateway_refund_id,
        failure_reason=facts.failure_reason,
    )


def _settle(outbound: Outbound, refund: Refund, at: datetime | None, **outcome: str) -> None:
    """``at``: when Stripe made the refund, whose answer may be read long after that."""
    now = timezone.now()
    refunds.settle(refund=refund, now=min(at or now, now), origin=outbound.connection_id, **outcome)
