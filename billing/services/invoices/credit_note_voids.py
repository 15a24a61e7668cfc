"""Voids credit notes, as long as gateways do: nothing of it went back, and its invoice is still open."""

from datetime import datetime

from billing.errors import Code, Conflict
from billing.events import Kind
from billing.models import CreditNote, Invoice
from billing.models.credit_notes import CreditNoteStatus
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.invoices import owed


@atomic
def void(*, environment_id: str, credit_note_id: str, now: datetime) -> CreditNote:
    """The credit note, voided: the invoice asks for its amount again. Voiding twice changes nothing.

    Raises NotFound, or Conflict once some of it went back, or nothing of the invoice is left to be paid.
    """
    known = rows.found(CreditNote, environment_id, [credit_note_id]).get(credit_note_id)
    invoice = rows.locked(Invoice, environment_id, known.invoice_id) if known else None
    note = rows.locked(CreditNote, environment_id, credit_note_id)
    if note.status == CreditNoteStatus.VOIDED or invoice is None:
        return note
    refuse_final(note, invoice)
    wanted = {"status": CreditNoteStatus.VOIDED, "voided_at": now}
    rows.save(note, rows.change(note, wanted, allowed=frozenset(wanted)), Kind.CREDIT_NOTE, None)
    owed.recount(environment_id=environment_id, invoice_id=invoice.pk)
    return note


@atomic
def restore(*, environment_id: str, credit_note_id: str) -> CreditNote:
    """The credit note, issued again because its gateway keeps it; raises NotFound."""
    known = rows.found(CreditNote, environment_id, [credit_note_id]).get(credit_note_id)
    if known is not None:
        rows.locked(Invoice, environment_id, known.invoice_id)
    note = rows.locked(CreditNote, environment_id, credit_note_id)
    wanted = {"status": CreditNoteStatus.ISSUED, "voided_at": None}
    rows.save(note, rows.change(note, wanted, allowed=frozenset(wanted)), Kind.CREDIT_NOTE, None)
    owed.recount(environment_id=environment_id, invoice_id=note.invoice_id)
    return note


def refuse_final(note: CreditNote, invoice: Invoice) -> None:
    """Raises Conflict where the credit note of the invoice can no longer be voided."""
    if _is_final(note, invoice):
        message = (
            f"The credit note {note} can no longer be voided: that is possible while nothing of it went back, and its"
            " invoice is still open. Ask for the amount with a new invoice."
        )
        raise Conflict(message, code=Code.CREDIT_NOTE_FINAL)


def _is_final(note: CreditNote, invoice: Invoice) -> bool:
    """Whether it can no longer be voided: gateways void what lowered an invoice that is still open."""
    if note.gateway_credit_note_id:
        return bool(note.after_payment) or not invoice.amount_remaining
    return note.refunds.exists() or (bool(note.after_payment) and not note.connection_id)
