"""Keeps credit notes as gateways report them: those issued there, and what a gateway made of FlexSync's."""

from billing import money
from billing.events import Kind
from billing.facts import CreditLineFacts, CreditNoteFacts
from billing.models import CreditNote, Invoice
from billing.models.credit_notes import CreditNoteStatus
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.invoices import owed

# A gateway decides these of every credit note, the others only of those that were issued there.
_ALWAYS = ("number", "before_payment", "refunded", "to_balance", "out_of_band", "pdf_url", "voided_at")
_OF_EXTERNAL = ("reason", "memo", "metadata")
_COLUMNS = frozenset(
    {
        *_ALWAYS, *_OF_EXTERNAL, "lines", "amount", "after_payment", "status", "issued_at", "gateway",
        "gateway_credit_note_id", "connection_id",
    }
)  # fmt: skip


@atomic
def record(
    *,
    environment_id: str,
    invoice_id: str,
    facts: CreditNoteFacts,
    gateway: str,
    connection_id: str,
    origin: str | None = None,
) -> CreditNote:
    """The credit note that a gateway reports, and its invoice recounted; reporting it again changes nothing.

    A voided credit note stays voided. Raises NotFound, Invalid or Conflict.
    """
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    note = _known(invoice, facts, gateway)
    if note is None:
        note = CreditNote(
            environment_id=environment_id,
            invoice_id=invoice.pk,
            customer_id=invoice.customer_id,
            currency=invoice.currency,
            is_external=True,
        )
        rows.change(note, _columns(note, facts, gateway, connection_id), allowed=_COLUMNS)
        rows.insert(note, Kind.CREDIT_NOTE, origin)
    else:
        changed = rows.change(note, _columns(note, facts, gateway, connection_id), allowed=_COLUMNS)
        rows.save(note, changed, Kind.CREDIT_NOTE, origin)
    owed.recount(environment_id=environment_id, invoice_id=invoice.pk, origin=origin)
    return note


def stored_lines(lines: tuple[CreditLineFacts, ...], currency: str) -> list[dict[str, str]]:
    """The lines as the column holds them."""
    return [
        {
            "description": one.description,
            "quantity": "" if one.quantity is None else f"{one.quantity.normalize():f}",
            "unit_amount": "" if one.unit_amount is None else f"{one.unit_amount.normalize():f}",
            "amount": money.text(one.amount, currency),
            "invoice_line_item_id": one.invoice_line_item_id,
        }
        for one in lines
    ]


def _known(invoice: Invoice, facts: CreditNoteFacts, gateway: str) -> CreditNote | None:
    notes = list(CreditNote.objects.filter(invoice_id=invoice.pk))
    same = [
        one
        for one in notes
        if one.gateway == gateway and one.gateway_credit_note_id == facts.gateway_credit_note_id
    ]
    named = (one for one in notes if one.pk == facts.credit_note_id and not one.gateway_credit_note_id)
    found = next(iter([*same, *named]), None)
    return found and rows.locked(CreditNote, invoice.environment_id, found.pk)


def _columns(note: CreditNote, facts: CreditNoteFacts, gateway: str, connection_id: str) -> dict[str, object]:
    after = facts.refunded + facts.to_balance + facts.out_of_band
    wanted: dict[str, object] = {name: getattr(facts, name) for name in _ALWAYS}
    wanted |= {"after_payment": after, "amount": facts.before_payment + after, "status": facts.status}
    wanted |= {"gateway": gateway, "connection_id": connection_id}
    wanted |= {"gateway_credit_note_id": facts.gateway_credit_note_id}
    if note.is_external:
        wanted |= {name: getattr(facts, name) for name in _OF_EXTERNAL}
        wanted |= {"lines": stored_lines(facts.lines, note.currency), "issued_at": facts.issued_at}
    if note.status == CreditNoteStatus.VOIDED:
        wanted |= {"status": note.status, "voided_at": note.voided_at}
    return wanted
