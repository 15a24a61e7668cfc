"""What an invoice asks for: its total, less what was credited, less what the customer's balance took off."""

from collections.abc import Iterable
from decimal import Decimal

from billing.facts import ZERO
from billing.models import CreditNote, Invoice
from billing.models.credit_notes import CreditNoteStatus
from billing.models.invoices import InvoiceStatus
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.payments import payments

_COLUMNS = frozenset({"credited", "balance_applied"})


@atomic
def recount(
    *,
    environment_id: str,
    invoice_id: str,
    balance_applied: Decimal | None = None,
    origin: str | None = None,
) -> Invoice:
    """The invoice, with what its credit notes and the customer's balance took off it (major units).

    ``balance_applied``: what a gateway reports, None for what is known here. A draft or voided invoice asks
    for nothing, and stays as it is. Raises NotFound.
    """
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    if invoice.status in (InvoiceStatus.DRAFT, InvoiceStatus.VOIDED):
        return invoice
    applied = invoice.balance_applied if balance_applied is None else balance_applied
    credited = _credited(invoice, applied)
    wanted = {"credited": credited, "balance_applied": min(applied, invoice.total - credited)}
    payments.recompute(invoice, origin=origin, changed=rows.change(invoice, wanted, allowed=_COLUMNS))
    return invoice


def credited_at(invoice_id: str, connection_id: str) -> Decimal:
    """What the issued credit notes that the connection's gateway has took off the invoice (major units)."""
    return _sum(one for one in _issued(invoice_id) if _is_at(one, connection_id))


def given_back_at(invoice_id: str, connection_id: str) -> Decimal:
    """What the issued credit notes that the connection's gateway has gave back of what was paid."""
    issued = (one for one in _issued(invoice_id) if _is_at(one, connection_id))
    return sum((one.after_payment for one in issued), ZERO)


def _credited(invoice: Invoice, balance_applied: Decimal) -> Decimal:
    """What all issued notes took off it.

    A note that no gateway has split yet takes no more than what the balance has left of the invoice.
    """
    issued = _issued(invoice.pk)
    split = _sum(one for one in issued if one.gateway_credit_note_id)
    rest: Decimal = max(invoice.total - balance_applied - split, ZERO)
    waiting = _sum(one for one in issued if not one.gateway_credit_note_id)
    return split + min(waiting, rest)


def _issued(invoice_id: str) -> list[CreditNote]:
    return list(CreditNote.objects.filter(invoice_id=invoice_id, status=CreditNoteStatus.ISSUED))


def _is_at(note: CreditNote, connection_id: str) -> bool:
    return bool(note.gateway_credit_note_id) and note.connection_id == connection_id


def _sum(notes: Iterable[CreditNote]) -> Decimal:
    return sum((one.before_payment for one in notes), ZERO)
