"""Tells Stripe what was given back of money that came outside it: each refund once (page "Payment Records")."""

from billing.events import Kind
from billing.models import Payment, Refund
from billing.models.refunds import RefundState
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.translate import payment_records as translate
from integrations.providers.stripe.translate.money import to_minor

_MARK = "given back "


def follow(outbound: Outbound, payment: Payment) -> None:
    """Reports the refunds that Stripe's record of the payment does not count yet, as far as it counts the payment."""
    record = outbound.provider_id_of(Kind.PAYMENT, payment.pk)
    if record is None or translate.REPORTED not in outbound.notes_of(Kind.PAYMENT, payment.pk):
        return
    for refund in payment.refunds.filter(status=RefundState.SUCCEEDED).order_by("pk"):
        told = outbound.notes_of(Kind.PAYMENT, payment.pk)
        if _mark(refund) not in told:
            _report(outbound, payment, refund, record, told)


def _report(outbound: Outbound, payment: Payment, refund: Refund, record: str, told: Json) -> None:
    before = sum(value for name, value in told.items() if name.startswith(_MARK))
    amount = min(to_minor(refund.amount, refund.currency), int(told[translate.REPORTED]) - before)
    if amount <= 0:
        outbound.skip(
            f"report-{refund.pk}", "Stripe's record counts less than the payment, and all of that is back."
        )
        return
    params = translate.report_refund_params(
        refund.pk,
        payment.pk,
        refund.currency,
        amount,
        before + amount,
        refund.settled_at or refund.created_at,
    )
    outbound.once(
        f"report-{refund.pk}",
        "payment_records.report_refund",
        params,
        target=record,
        annotate=lambda _answer: {_mark(refund): amount},
        about=(Kind.PAYMENT, payment.pk),
    )


def _mark(refund: Refund) -> str:
    """Under which name the pair of the payment notes what Stripe was told of the refund (minor units)."""
    return f"{_MARK}{refund.pk}"
