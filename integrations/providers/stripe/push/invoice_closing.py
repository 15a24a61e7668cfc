"""Voids, deletes or writes off an invoice at Stripe (page "Status transitions and finalization")."""

from billing.events import Kind
from billing.models import Invoice
from integrations.errors import Rejected
from integrations.provider_api import ASKS, Json, Outbound
from integrations.providers.stripe.push import looks

VOIDED, UNCOLLECTIBLE, DELETED, PAID = "voided", "uncollectible", "deleted", "paid"
# In which status at Stripe nothing is left to do: what was paid before it could be voided is paid in excess.
# And what to do instead where it has another.
_ENDED = {VOIDED: ("void", "paid"), UNCOLLECTIBLE: ("uncollectible", "paid", "void")}
_INSTEAD = {
    VOIDED: "Refund what was paid, or credit what is left with a credit note; it stays what it is at Stripe.",
    UNCOLLECTIBLE: "Wait until the payment there has ended, then retry this sync.",
}


def void(outbound: Outbound, invoice: Invoice) -> None:
    """Voids Stripe's invoice; one that is still a draft can only be deleted there."""
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if outbound.provider_id_of(Kind.INVOICE, invoice.pk) is None:
        outbound.skip("void", "The invoice was never sent to Stripe.")
    elif stage in (VOIDED, DELETED, PAID):
        outbound.skip("void", f"Stripe's invoice is already {stage}.")
    elif stage in ("draft", "lines"):
        _close(outbound, invoice, "delete", "invoices.delete", DELETED)
    else:
        _end(outbound, invoice, "void", "invoices.void_invoice", VOIDED)


def mark_uncollectible(outbound: Outbound, invoice: Invoice) -> None:
    """Marks Stripe's invoice as uncollectible: it can still be paid, but that is no longer expected.

    A later push looks whether it was: nothing else does, because nobody asks for its money any more.
    """
    if outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage") == UNCOLLECTIBLE:
        found = looks.read(outbound, str(outbound.provider_id_of(Kind.INVOICE, invoice.pk)))
        if not outbound.dry:
            outbound.observe(Kind.INVOICE, found, lambda: None)
    else:
        _end(outbound, invoice, "uncollectible", "invoices.mark_uncollectible", UNCOLLECTIBLE)


def _end(outbound: Outbound, invoice: Invoice, step: str, operation: str, stage: str) -> None:
    """Ends it; where Stripe refuses, looks whether it has ended already, and counts what was paid."""
    try:
        _close(outbound, invoice, step, operation, stage)
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise
        stripe_id = str(outbound.provider_id_of(Kind.INVOICE, invoice.pk))
        found = looks.read(outbound, stripe_id, lambda answer: _ended_notes(answer, stage))
        outbound.observe(Kind.INVOICE, found, lambda: None)
        if found["status"] not in _ENDED[stage]:
            raise Rejected(f"{refusal} {_INSTEAD[stage]}") from refusal


def _ended_notes(answer: Json, stage: str) -> Json:
    if answer["status"] not in _ENDED[stage]:
        return {}
    return _ended(PAID if stage == VOIDED and answer["status"] == "paid" else stage)


def _ended(stage: str) -> Json:
    """What is noted of an invoice that has ended; an uncollectible one can still be paid on its page."""
    return {"stage": stage} if stage == UNCOLLECTIBLE else {"stage": stage, ASKS: False}


def _close(outbound: Outbound, invoice: Invoice, step: str, operation: str, stage: str) -> None:
    stripe_id = outbound.provider_id_of(Kind.INVOICE, invoice.pk)
    outbound.once(step, operation, {}, target=stripe_id, annotate=lambda _response: _ended(stage))
