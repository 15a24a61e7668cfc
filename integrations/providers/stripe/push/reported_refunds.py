"""Reports refunds of money that came outside Stripe: each refund once (page "Payment Records")."""

from billing.events import Kind
from billing.models import Payment, Refund
from billing.models.refunds import RefundState
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.translate import payment_records as translate
from integrations.providers.stripe.translate.money import to_minor

# Begins the note on a reported refund: its id follows, and the value is the reported amount (minor units).
_PREFIX = "given back "


def report_all(outbound: Outbound, payment: Payment) -> None:
    """Reports the refunds that Stripe's record lacks, up to the amount that it counts of the payment."""
    record = outbound.provider_id_of(Kind.PAYMENT, payment.pk)
    if record is None or translate.REPORTED not in outbound.notes_of(Kind.PAYMENT, payment.pk):
        return
    for refund in payment.refunds.filter(status=RefundState.SUCCEEDED).order_by("pk"):
        notes = outbound.notes_of(Kind.PAYMENT, payment.pk)
        if f"{_PREFIX}{refund.pk}" not in notes:
            _report(outbound, refund, record, notes)


def _report(outbound: Outbound, refund: Refund, record: str, notes: Json) -> None:
    step = f"report-{refund.pk}"
    before = sum(value for name, value in notes.items() if name.startswith(_PREFIX))
    amount = min(to_minor(refund.amount, refund.currency), int(notes[translate.REPORTED]) - before)
    if amount <= 0:
        outbound.skip(
            step, "Stripe's record counts less than the payment, and all of that is refunded already."
        )
        return
    params = translate.report_refund_params(
        refund.pk,
        refund.payment_id,
        refund.currency,
        amount,
        before + amount,
        refund.settled_at or refund.created_at,
    )
    outbound.once(
        step,
        "payment_records.report_refund",
        params,
        target=record,
        annotate=lambda _response: {f"{_PREFIX}{refund.pk}": amount},
        about=(Kind.PAYMENT, refund.payment_id),
    )
