"""The payments of an invoice: locked after it.

Its paid amounts are recomputed from them, never incremented.
"""

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal

from billing.errors import NotFound
from billing.facts import ZERO
from billing.models import Invoice, Payment
from billing.models.invoices import InvoiceStatus, PaymentStatus
from billing.models.payments import RECEIVED
from billing.persistence import rows
from billing.persistence.unit_of_work import current_unit_of_work

_DERIVED = frozenset({"amount_paid", "amount_remaining", "payment_status"})
# Until all the money is there, the attempt that got furthest decides; a failure shows only if no attempt is
# open.
_ATTEMPTS = (
    PaymentStatus.PROCESSING,
    PaymentStatus.REQUIRES_ACTION,
    PaymentStatus.PENDING,
    PaymentStatus.FAILED,
)


def payments_of(invoice_id: str) -> list[Payment]:
    """All payments of the invoice, whatever became of them."""
    here = current_unit_of_work()
    known = here.rows.where(Payment, invoice_id) if here else None
    return list(Payment.objects.filter(invoice_id=invoice_id)) if known is None else known


def locked(environment_id: str, payment_id: str, *, for_invoice: str | None = None) -> Payment:
    """The payment, locked until the transaction ends, and before it its invoice and the one that it will be
    ``for``.

    Every service that changes both locks in this order, so that no two transactions wait for each other.
    Raises NotFound.
    """
    payment = rows.found(Payment, environment_id, [payment_id]).get(payment_id)
    named = {payment.invoice_id if payment else None, for_invoice}
    for invoice_id in sorted(filter(None, named)):
        # When ``for_invoice`` does not exist, the service's own check reports it.
        with suppress(NotFound):
            rows.locked(Invoice, environment_id, invoice_id)
    return rows.locked(Payment, environment_id, payment_id)


def recompute(invoice: Invoice) -> list[str]:
    """Sets amount_paid, amount_remaining and payment_status from the payments.

    The names of those that changed.

    The caller holds the invoice's row lock and saves.
    """
    payments = payments_of(invoice.pk)
    received = [payment for payment in payments if payment.status in RECEIVED]
    paid = sum((payment.amount for payment in received), ZERO)
    refunded = sum((payment.amount_refunded for payment in received), ZERO)
    derived = {
        "amount_paid": paid,
        "amount_remaining": max(invoice.amount_due - paid, ZERO),
        "payment_status": _status(invoice, paid, refunded, [payment.status for payment in payments]),
    }
    return rows.change(invoice, derived, allowed=_DERIVED)


def _status(invoice: Invoice, paid: Decimal, refunded: Decimal, attempts: Iterable[str]) -> PaymentStatus:
    if refunded:
        return PaymentStatus.REFUNDED if refunded == paid else PaymentStatus.PARTIALLY_REFUNDED
    if paid > invoice.amount_due:
        return PaymentStatus.OVERPAID
    due = invoice.status in (InvoiceStatus.FINALIZED, InvoiceStatus.UNCOLLECTIBLE)
    if due and paid == invoice.amount_due:
        return PaymentStatus.SUCCEEDED
    tried = set(attempts)
    return next((status for status in _ATTEMPTS if status in tried), PaymentStatus.PENDING)
