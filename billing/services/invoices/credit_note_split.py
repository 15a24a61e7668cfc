"""How the amount of a credit note is divided, and how much an invoice can be credited with."""

from dataclasses import dataclass
from decimal import Decimal

from billing.facts import ZERO
from billing.models import CreditNote, Invoice
from billing.models.credit_notes import CreditNoteStatus
from billing.services.payments.refundable import creditable


@dataclass(frozen=True)
class Split:
    """How an amount (major units) is divided, and the most that the invoice can be credited with."""

    before_payment: Decimal
    after_payment: Decimal
    most: Decimal


def split(invoice: Invoice, amount: Decimal) -> Split:
    """How a credit note of ``amount`` (major units) is divided: first it lowers what is still to be paid."""
    before = min(amount, invoice.amount_remaining)
    open_or_paid = invoice.amount_remaining + creditable(invoice)
    return Split(before, amount - before, min(open_or_paid, _uncredited(invoice)))


def _uncredited(invoice: Invoice) -> Decimal:
    """What the invoice itself is over and no credit note has taken: what was carried over is another's."""
    issued = CreditNote.objects.filter(invoice=invoice, status=CreditNoteStatus.ISSUED)
    credited: Decimal = sum((note.amount for note in issued), ZERO)
    left: Decimal = max(invoice.total - credited, ZERO)
    return left
