"""Carries out what a credit note refunds: by refunds of the payments of its invoice."""

from datetime import datetime
from decimal import Decimal

from billing import money
from billing.errors import Code, Conflict
from billing.facts import ZERO
from billing.models import CreditNote, Invoice, Payment
from billing.models.payments import RECEIVED
from billing.persistence import rows
from billing.services.invoices.amounts_paid import payments_of
from billing.services.payments import refunds
from billing.services.payments.refundable import undisputed

# Of a credit note's reasons, those that are reasons of a refund too.
_REASONS = frozenset({"duplicate", "fraudulent"})


def request(note: CreditNote, invoice: Invoice, now: datetime) -> None:
    """Requests refunds of what ``note.refunded`` says, of the latest payments first.

    Raises Conflict when the gateways hold less.
    """
    left = note.refunded
    for payment in _received(invoice):
        if left and refunds.at_gateway(payment):
            left -= _refund(note, payment, min(left, undisputed(payment)), now)
    if left:
        at_gateways = money.with_currency(note.refunded - left, note.currency)
        message = (
            f"Gateways hold {at_gateways} of what was paid, without what disputes took. Give the rest back yourself, and"
            " say so as out of band, or make it credit of the customer."
        )
        raise Conflict(message, code=Code.CREDIT_NOTE_ALLOCATION, details={"refund": message})


def _refund(note: CreditNote, payment: Payment, amount: Decimal, now: datetime) -> Decimal:
    if amount <= 0:
        return ZERO
    refund = refunds.create(
        environment_id=note.environment_id,
        payment_id=payment.pk,
        amount=amount,
        reason=note.reason if note.reason in _REASONS else "",
        started_by=note.started_by,
        now=now,
    )
    refund.credit_note = note
    rows.store_apart(refund, ["credit_note"])
    return amount


def _received(invoice: Invoice) -> list[Payment]:
    received = [one for one in payments_of(invoice.pk) if one.status in RECEIVED]
    return sorted(received, key=lambda one: (one.succeeded_at, one.pk), reverse=True)
