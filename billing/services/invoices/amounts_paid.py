"""The payments of an invoice: locked after it.

Its paid amounts are recomputed from them, never incremented.
"""

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Least

from billing.errors import NotFound
from billing.facts import ZERO
from billing.models import CreditNote, Invoice, Payment
from billing.models.credit_notes import CreditNoteStatus
from billing.models.invoices import InvoiceStatus, PaymentStatus
from billing.models.payments import RECEIVED
from billing.persistence import rows
from billing.persistence.unit_of_work import current_unit_of_work

_DERIVED = frozenset(
    {"amount_due", "amount_paid", "amount_remaining", "amount_refunded", "amount_disputed", "payment_status"}
)
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
    """Sets amount_due from what is owed, and the paid amounts and payment_status from the payments.

    The names of those that changed.

    The caller holds the invoice's row lock and saves.
    """
    changed = rows.change(invoice, {"amount_due": _due(invoice)}, allowed=_DERIVED)
    payments = payments_of(invoice.pk)
    received = [payment for payment in payments if payment.status in RECEIVED]
    paid, refunded, disputed = (
        sum((getattr(payment, name) for payment in received), ZERO)
        for name in ("amount", "amount_refunded", "amount_disputed")
    )
    derived = {
        "amount_paid": paid,
        "amount_remaining": max(invoice.amount_due - paid, ZERO),
        "amount_refunded": refunded,
        "amount_disputed": disputed,
    }
    changed += rows.change(invoice, derived, allowed=_DERIVED)
    status = _status(invoice, [payment.status for payment in payments])
    return changed + rows.change(invoice, {"payment_status": status}, allowed=_DERIVED)


def _due(invoice: Invoice) -> Decimal:
    """What the invoice asks for: nothing while it is a draft, or once it is voided."""
    if invoice.status in (InvoiceStatus.DRAFT, InvoiceStatus.VOIDED):
        return ZERO
    due: Decimal = invoice.total - invoice.credited - invoice.balance_applied
    return due


_ISSUED = CreditNote.objects.filter(status=CreditNoteStatus.ISSUED)
_CREDITED = _ISSUED.filter(invoice_id=OuterRef("pk")).order_by().values("invoice_id")
_GONE = (
    F("amount_refunded")
    + F("amount_disputed")
    - Least(
        Coalesce(Subquery(_CREDITED.annotate(all=Sum("refunded")).values("all")), ZERO), F("amount_refunded")
    )
)
# ``excess`` of overpaid invoices in a query, of which it is never negative.
EXCESS = F("amount_paid") - _GONE - F("amount_due")


def excess(invoice: Invoice) -> Decimal:
    """What came beyond what is due, and neither went back nor was taken by disputes (major units).

    What credit notes have refunded is of what was due, not of this.
    """
    if invoice.amount_paid <= invoice.amount_due:
        return ZERO
    gone = invoice.amount_refunded + invoice.amount_disputed
    if invoice.amount_refunded:
        credited = _ISSUED.filter(invoice_id=invoice.pk).values_list("refunded", flat=True)
        gone -= min(sum(credited, ZERO), invoice.amount_refunded)
    too_much: Decimal = invoice.amount_paid - gone - invoice.amount_due
    return max(too_much, ZERO)


def _status(invoice: Invoice, attempts: Iterable[str]) -> PaymentStatus:
    if excess(invoice):
        return PaymentStatus.OVERPAID
    if not invoice.amount_remaining and (settled := _settled(invoice)):
        return settled
    tried = set(attempts)
    return next((status for status in _ATTEMPTS if status in tried), PaymentStatus.PENDING)


def _settled(invoice: Invoice) -> PaymentStatus | None:
    """The status of an invoice on which nothing remains; a refund of an excess alone leaves it succeeded."""
    kept = invoice.amount_paid - invoice.amount_refunded
    if invoice.amount_refunded and not kept:
        return PaymentStatus.REFUNDED
    if invoice.amount_refunded and kept < invoice.amount_due:
        return PaymentStatus.PARTIALLY_REFUNDED
    is_final = invoice.status in (InvoiceStatus.FINALIZED, InvoiceStatus.UNCOLLECTIBLE)
    return PaymentStatus.SUCCEEDED if is_final else None
