"""Refunds: those requested in FlexSync and those that gateways report make up a payment's amount_refunded."""

from datetime import datetime
from decimal import Decimal

from billing import money
from billing.errors import Code, Conflict
from billing.events import Kind
from billing.facts import ZERO, RefundFacts
from billing.models import Invoice, Payment, Refund
from billing.models.payments import RECEIVED
from billing.models.refunds import RefundState
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.invoices import amounts_paid
from billing.services.payments import payments
from billing.services.payments.checks import checked_amount
from billing.services.payments.refundable import GONE, gone, refundable, undisputed

_COLUMNS = frozenset({"status", "gateway_refund_id", "failure_reason", "reason", "settled_at"})
_DERIVED = frozenset({"amount_refunded", "status", "refunded_told"})


@atomic
def create(
    *,
    environment_id: str,
    payment_id: str,
    amount: Decimal | None,
    reason: str = "",
    note: str = "",
    out_of_band: bool = False,
    even_if_disputed: bool = False,
    started_by: str = "",
    idempotency_key: str = "",
    now: datetime,
) -> Refund:
    """A refund of ``amount`` (major units.

    None: all that is left), to be carried out by the payment's gateway.

    A second call with the same ``idempotency_key`` returns the first refund. ``out_of_band`` records money
    that was given back by other means, and succeeds at once. Raises NotFound, Invalid, or Conflict when the
    money was not received, too little of it is left, ``out_of_band`` does not fit the payment, or a dispute
    has taken what would go back, unless ``even_if_disputed``.
    """
    payment = amounts_paid.locked(environment_id, payment_id)
    known = payment.refunds.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
    if known is not None:
        return known
    _check(payment, out_of_band)
    left = refundable(payment)
    wanted = left if amount is None else checked_amount(amount, payment.currency)
    if not ZERO < wanted <= left:
        most = money.with_currency(left, payment.currency)
        message = f"Of the payment {payment.pk} at most {most} can still be refunded."
        raise Conflict(message, code=Code.REFUND_TOO_MUCH, details={"amount": message})
    if wanted > undisputed(payment) and not even_if_disputed:
        raise Conflict(_disputed(payment), code=Code.PAYMENT_DISPUTED)
    refund = Refund(
        environment_id=environment_id,
        payment=payment,
        amount=wanted,
        currency=payment.currency,
        reason=reason,
        note=note,
        started_by=started_by,
        idempotency_key=idempotency_key,
    )
    rows.store_apart(refund)
    if out_of_band:
        _move(refund, payment, {"status": RefundState.SUCCEEDED}, now, None)
    return refund


@atomic
def settle(
    *,
    refund: Refund,
    status: str,
    now: datetime,
    gateway_refund_id: str = "",
    failure_reason: str = "",
    origin: str | None = None,
) -> Refund:
    """The refund after its gateway reported ``status``; a failed refund stays failed."""
    payment = amounts_paid.locked(refund.environment_id, refund.payment_id)
    refund.refresh_from_db()
    if refund.status in GONE or _is_older(status, refund):
        return refund
    report = {"status": status, "gateway_refund_id": gateway_refund_id, "failure_reason": failure_reason}
    _move(refund, payment, {name: value for name, value in report.items() if value}, now, origin)
    return refund


@atomic
def record(
    *, environment_id: str, payment_id: str, facts: RefundFacts, now: datetime, origin: str | None = None
) -> Refund:
    """The refund that a gateway reports, begun in FlexSync or there; reporting it again changes nothing."""
    payment = amounts_paid.locked(environment_id, payment_id)
    refund = _known(payment, facts)
    if refund is None:
        refund = Refund(
            environment_id=environment_id,
            payment=payment,
            amount=checked_amount(facts.amount, payment.currency),
            currency=payment.currency,
            gateway_refund_id=facts.gateway_refund_id,
            is_external=True,
        )
        rows.store_apart(refund)
    if refund.status in GONE or _is_older(facts.status, refund):
        return refund
    wanted = {"status": facts.status, "gateway_refund_id": facts.gateway_refund_id}
    texts = {"failure_reason": facts.failure_reason, "reason": refund.reason or facts.reason}
    _move(refund, payment, wanted | {name: text for name, text in texts.items() if text}, now, origin)
    return refund


@atomic
def record_total(
    *, environment_id: str, payment_id: str, total: Decimal, origin: str | None = None
) -> Payment:
    """The payment after its gateway reported that ``total`` (major units) has gone back in all.

    The total only grows.

    What the known refunds do not explain is counted on top of them. Raises NotFound or Conflict.
    """
    payment = amounts_paid.locked(environment_id, payment_id)
    if payment.status not in RECEIVED:
        message = (
            f"The payment {payment.pk} is {payment.status}: only a payment that was received can be refunded."
        )
        raise Conflict(message, code=Code.PAYMENT_NOT_RECEIVED)
    if total > payment.refunded_told:
        payment.refunded_told = total
        rows.store(payment, ["refunded_told"])
        _recount(payment, origin)
    return payment


def at_gateway(payment: Payment) -> bool:
    """Whether a gateway holds the money, and alone can give it back."""
    return bool(payment.gateway and payment.gateway_payment_id)


def _check(payment: Payment, out_of_band: bool) -> None:
    if payment.status not in RECEIVED:
        message = (
            f"The payment {payment.pk} is {payment.status}: only a payment that was received can be refunded."
        )
        raise Conflict(message, code=Code.PAYMENT_NOT_RECEIVED)
    if at_gateway(payment) and out_of_band:
        message = f"The payment {payment.pk} was made through {payment.gateway}, which makes its refunds itself. Leave out_of_band out, or send false."
        raise Conflict(message, code=Code.PAYMENT_OF_GATEWAY)
    if not at_gateway(payment) and not out_of_band:
        message = (
            f"No gateway holds the money of the payment {payment.pk}. Give it back yourself, then send"
            " out_of_band: true to record that."
        )
        raise Conflict(message, code=Code.PAYMENT_NOT_AT_GATEWAY)


def _disputed(payment: Payment) -> str:
    taken = money.with_currency(payment.amount_disputed, payment.currency)
    return (
        f"A dispute has taken {taken} of the payment {payment.pk}: refunded as well, that money would be lost twice."
        " Refund what is left without it, or send even_if_disputed: true."
    )


def _known(payment: Payment, facts: RefundFacts) -> Refund | None:
    refunds = payment.refunds.all()
    same = [one for one in refunds if one.gateway_refund_id == facts.gateway_refund_id]
    return next(iter([*same, *(one for one in refunds if one.pk == facts.refund_id)]), None)


def _is_older(status: str, refund: Refund) -> bool:
    """Whether the report is from before the refund succeeded; a refund that succeeded may still fail."""
    return status == RefundState.PENDING and refund.status == RefundState.SUCCEEDED


def _move(
    refund: Refund, payment: Payment, wanted: dict[str, str], now: datetime, origin: str | None
) -> None:
    """Changes the refund and, with it, its payment; what failed late is taken off the payment again."""
    settled = None if wanted["status"] == RefundState.PENDING else refund.settled_at or now
    changed = rows.change(refund, {**wanted, "settled_at": settled}, allowed=_COLUMNS)
    if not changed:
        return
    rows.check(refund)
    rows.store_apart(refund, changed)
    if refund.credit_note is not None:
        # It is issued at the gateway once that has the refund.
        rows.announce_change(refund.credit_note, Kind.CREDIT_NOTE, None)
    _recount(payment, origin)


def _recount(payment: Payment, origin: str | None) -> None:
    """Sets the refunded amount: each refund that did not fail, and what a reported total has on top of them.

    Refunds that failed late were part of that total when it was reported, so they count against it.
    """
    refunds = list(payment.refunds.all())
    explained = gone(refunds) + sum(
        (one.amount for one in refunds if one.status in GONE and one.gateway_refund_id), ZERO
    )
    total = min(gone(refunds) + max(payment.refunded_told - explained, ZERO), payment.amount)
    status = "refunded" if total == payment.amount else "partially_refunded" if total else "succeeded"
    wanted = {"amount_refunded": total, "status": status, "refunded_told": payment.refunded_told}
    changed = rows.change(payment, wanted, allowed=_DERIVED)
    rows.save(payment, changed, Kind.PAYMENT, origin)
    if changed and payment.invoice_id:
        payments.recompute(rows.locked(Invoice, payment.environment_id, payment.invoice_id), origin=origin)
