"""Refunds payments through Stripe (page "Refunds"): once for each refund that was requested in FlexSync."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from billing import money
from billing.models import Payment, Refund
from billing.models.refunds import RefundState
from billing.services.payments import refunds
from integrations.errors import Disputed, Rejected
from integrations.provider_api import Outbound, Parts
from integrations.providers.stripe.push import overpaid_credit, refund_looks
from integrations.providers.stripe.translate import moments
from integrations.providers.stripe.translate import refunds as translate


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
    waiting = unconfirmed(payment)
    # What was begun before is carried on: its own refund may be at Stripe already.
    is_new = bool(waiting) and not any(outbound.has_begun(_step(refund)) for refund in waiting)
    gone = refund_looks.gone_meanwhile(outbound, payment) if is_new else refund_looks.Gone()
    # What a restored database had forgotten of its own is confirmed by the look.
    for refund in unconfirmed(payment):
        with parts.part("refund"), _kept_refusal(outbound, payment, refund):
            _check(payment, refund, gone)
            _send(outbound, payment, refund)
    with parts.part("credit"):
        overpaid_credit.take_back(outbound, payment)
        overpaid_credit.give_again(outbound, payment)
    parts.finish()


class _Outdated(Rejected):
    """The refund was asked for by a view that Stripe's own refunds had overtaken; they are recorded now."""


@contextmanager
def _kept_refusal(outbound: Outbound, payment: Payment, refund: Refund) -> Iterator[None]:
    """Nobody has to do anything about what is explained by refunds that Stripe had made before."""
    try:
        yield
    except Disputed:
        _settle(outbound, refund, None, status="failed", failure_reason=_why_disputed(outbound, payment))
    except Rejected as refusal:
        if refusal.connection_is_broken or outbound.dry:
            raise
        _settle(outbound, refund, None, status="failed", failure_reason=str(refusal))
        if not isinstance(refusal, _Outdated) and not refund_looks.shows_more(outbound, payment):
            raise


def _check(payment: Payment, refund: Refund, gone: refund_looks.Gone) -> None:
    """Refuses to give anything back twice: at Stripe, and here before the event of that has come."""
    if refund.reason == "duplicate":
        left = refund_looks.excess_of(payment)
        if gone.of_excess and left < refund.amount:
            raise _Outdated(
                f"{_of(refund, gone.of_excess)} were refunded at Stripe already, so that only {_of(refund, left)} of"
                " what came for the invoice are too much."
            )
    elif gone.of_payment:
        raise _Outdated(
            f"{_of(refund, gone.of_payment)} of the payment were refunded at Stripe already, which was not known here."
            " Ask for the refund again where this much is to go back as well."
        )


def _why_disputed(outbound: Outbound, payment: Payment) -> str:
    """What has happened, and what to do (page "How disputes work"); brings the disputes here."""
    taken = refund_looks.disputed(outbound, payment)
    amount = (
        f" has taken {money.with_currency(taken, payment.currency)} of it" if taken else " was made of it"
    )
    return (
        f"Stripe refunds nothing of the payment {payment.pk}, because a dispute{amount}. Answer the dispute at Stripe, or"
        " accept it there: then the customer has that money. Once it is won, ask for the refund again."
    )


def _of(refund: Refund, amount: Decimal) -> str:
    return money.with_currency(amount, refund.currency)


def _send(outbound: Outbound, payment: Payment, refund: Refund) -> None:
    source = payment.gateway_payment_id
    if not translate.is_source(source):
        raise Rejected(
            f"Stripe cannot refund {payment.pk}, because its gateway_payment_id {source!r} is not Stripe's. Refund it"
            " where it was paid, and then record that refund as out_of_band."
        )
    params = translate.create_params(
        refund.pk, payment.pk, source, refund.amount, refund.currency, refund.reason
    )
    response = outbound.once(_step(refund), "refunds.create", params)
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


def _step(refund: Refund) -> str:
    return f"refund-{refund.pk}"


def _settle(outbound: Outbound, refund: Refund, at: datetime | None, **outcome: str) -> None:
    """``at``: when Stripe made the refund, whose answer may be read long after that."""
    now = timezone.now()
    refunds.settle(refund=refund, now=min(at or now, now), origin=outbound.connection_id, **outcome)
