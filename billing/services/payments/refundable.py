"""How much of a payment, or of all that settled an invoice, can still go back (major units)."""

from collections.abc import Iterable
from decimal import Decimal

from billing.facts import ZERO
from billing.models import CreditNote, Invoice, Payment, Refund
from billing.models.credit_notes import CreditNoteStatus
from billing.models.payments import RECEIVED
from billing.models.refunds import RefundState
from billing.services.invoices.amounts_paid import payments_of

GONE = (RefundState.FAILED, RefundState.CANCELLED)


def refundable(payment: Payment, payments: Iterable[Payment] | None = None) -> Decimal:
    """How much of the payment neither went back, by a refund or another way, nor is about to.

    ``payments``: all of its invoice, if known.
    """
    left = _kept(payment)
    return left if payment.invoice is None else min(left, creditable(payment.invoice, payments))


def undisputed(payment: Payment) -> Decimal:
    """``refundable`` without what disputes have taken, which would be lost twice."""
    left: Decimal = max(refundable(payment) - payment.amount_disputed, ZERO)
    return left


def creditable(
    invoice: Invoice,
    payments: Iterable[Payment] | None = None,
    notes: Iterable[CreditNote] | None = None,
) -> Decimal:
    """How much of what payments and the customer's balance settled neither went back nor was credited.

    ``payments``: all of the invoice, and ``notes``: those that are issued on it, if known.
    """
    known = payments_of(invoice.pk) if payments is None else payments
    received = [one for one in known if one.status in RECEIVED]
    settled = sum(map(_kept, received), max(invoice.balance_applied, ZERO))
    issued = issued_on(invoice) if notes is None else notes
    given_back = sum((one.to_balance + one.out_of_band for one in issued), ZERO)
    return max(settled - given_back, ZERO)


def issued_on(invoice: Invoice) -> list[CreditNote]:
    """The credit notes on the invoice that were not voided."""
    return list(CreditNote.objects.filter(invoice=invoice, status=CreditNoteStatus.ISSUED))


def asked(payment: Payment) -> Decimal:
    """What was asked to go back, and no gateway has confirmed."""
    return sum((one.amount for one in payment.refunds.all() if waits(one)), ZERO)


def waits(refund: Refund) -> bool:
    """Whether it was requested, and no gateway has confirmed it."""
    return refund.status == RefundState.PENDING and not refund.gateway_refund_id


def gone(refunds: Iterable[Refund]) -> Decimal:
    """What has gone back, or is on its way at the gateway."""
    return sum((one.amount for one in refunds if one.status not in GONE and not waits(one)), ZERO)


def _kept(payment: Payment) -> Decimal:
    """What refunds, also those that are asked for, have left of it."""
    left: Decimal = (
        payment.amount - max(payment.amount_refunded, gone(payment.refunds.all())) - asked(payment)
    )
    return left
