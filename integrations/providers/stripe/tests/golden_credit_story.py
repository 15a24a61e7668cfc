"""The part of the golden story about credit notes."""

from integrations.providers.stripe.tests.golden_money_story import open_invoice
from integrations.providers.stripe.tests.golden_recording import Recorder


def play(record: Recorder, customer: str) -> None:
    """One that is changed, and voided."""
    notes = record.stripe.v1.credit_notes
    invoice = open_invoice(record, customer)
    record.stripe.v1.invoices.finalize_invoice(invoice)
    note = notes.create({"invoice": invoice, "amount": 400, "memo": "Two seats", "reason": "order_change"}).id
    record.keep("credit_note_created__plain")
    notes.update(note, {"memo": "Two seats too many"})
    record.keep("credit_note_updated__memo")
    notes.void_credit_note(note)
    record.keep("credit_note_voided__plain")
