"""How the amount of a credit note is divided, and how much an invoice can be credited with."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from billing.facts import ZERO
from billing.models import CreditNote, Invoice, Payment
from billing.services.payments.refundable import creditable, issued_on


@dataclass(frozen=True)
class Split:
    """How an amount (major units) is divided, and the most that the invoice can be credited with."""

    before_payment: Decimal
    after_payment: Decimal
    most: Decimal


def split(invoice: Invoice, amount: Decimal, payments: Iterable[Payment] | None = None) -> Split:
    """How a credit note of ``amount`` (major units) is divided: first it lowers what is still to be paid.

    ``payments``: all of the invoice, if known.
    """
    before, notes = min(amount, invoice.amount_remaining), issued_on(invoice)
    open_or_paid = invoice.amount_remaining + creditable(invoice, payments, notes)
    return Split(before, amount - before, min(open_or_paid, _uncredited(invoice, notes)))


def _uncredited(invoice: Invoice, notes: Iterable[CreditNote]) -> Decimal:
    """What the invoice itself is over and no credit note has taken: what was carried over is another's."""
    credited: Decimal = sum((note.amount for note in notes), ZERO)
    left: Decimal = max(invoice.total - credited, ZERO)
    return left
