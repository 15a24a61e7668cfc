"""credit_note.*: what was credited of an invoice that is here, wherever the credit note was issued."""

from billing.events import Kind
from billing.models import BalanceTransaction
from billing.services.invoices import reported_credit_notes
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import balances, pages
from integrations.providers.stripe.handlers.events import STALE, object_of, rank_of
from integrations.providers.stripe.handlers.waiting import wait_for
from integrations.providers.stripe.translate import credit_notes as translate
from integrations.providers.stripe.translate.fields import read_id, read_object

INVOICE_MISSING = Ignored("The credit note is for an invoice that is not here.")
GATEWAY = "stripe"


def changed(inbound: Inbound, event: Json) -> Ignored | None:
    """credit_note.created, updated, voided: each carries the whole credit note."""
    note = object_of(event)
    stripe_invoice_id = read_id(note, "invoice")
    invoice_id = inbound.entity_id_of(Kind.INVOICE, stripe_invoice_id)
    if invoice_id is None:
        return wait_for(inbound, "the invoice", stripe_invoice_id, INVOICE_MISSING)
    # Of one second's events any may be the later one: but a voided credit note stays voided here.
    if inbound.is_stale(Kind.CREDIT_NOTE, note["id"], rank_of(inbound)):
        return STALE
    record(inbound, invoice_id, note)
    return None


def read_all(inbound: Inbound, invoice_id: str, stripe_invoice_id: str) -> None:
    """Records all credit notes of the invoice as they are now: some of their events have not come."""
    for note in pages.read(inbound, "credit_notes.list", "", {"invoice": stripe_invoice_id}):
        record(inbound, invoice_id, note)


def record(inbound: Inbound, invoice_id: str, note: Json) -> None:
    """Records Stripe's credit note with that invoice, and the movement of the balance that it caused."""
    facts = translate.facts_of(_with_all_lines(inbound, note))
    recorded = reported_credit_notes.record(
        environment_id=inbound.environment_id,
        invoice_id=invoice_id,
        facts=facts,
        gateway=GATEWAY,
        connection_id=inbound.connection_id,
        origin=inbound.connection_id,
    )
    inbound.link(Kind.CREDIT_NOTE, recorded.pk, note["id"])
    if facts.to_balance and not BalanceTransaction.objects.filter(credit_note_id=recorded.pk).exists():
        balances.read(inbound, recorded.customer_id, read_id(note, "customer"))


def _with_all_lines(inbound: Inbound, note: Json) -> Json:
    """The credit note with all its lines: an event carries the first ten."""
    if not read_object(note, "lines").get("has_more"):
        return note
    lines = pages.complete(inbound, note["lines"], "credit_notes.line_items.list", note["id"])
    return {**note, "lines": {"data": lines}}
