"""How an invoice ends at Stripe (page "Status transitions and finalization")."""

from billing.events import Kind
from billing.models import Invoice
from integrations.provider_api import Outbound

VOIDED, UNCOLLECTIBLE, DELETED = "voided", "uncollectible", "deleted"


def void(outbound: Outbound, invoice: Invoice) -> None:
    """Voids Stripe's invoice; one that never left the draft can only be deleted there."""
    theirs = outbound.provider_id_of(Kind.INVOICE, invoice.pk)
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if theirs is None:
        outbound.skip("void", "It was never at Stripe.")
    elif stage in (VOIDED, DELETED):
        outbound.skip("void", f"Stripe's invoice is {stage} already.")
    elif stage in ("draft", "lines"):
        outbound.once(
            "delete", "invoices.delete", {}, target=theirs, annotate=lambda _answer: {"stage": DELETED}
        )
    else:
        outbound.once(
            "void", "invoices.void_invoice", {}, target=theirs, annotate=lambda _answer: {"stage": VOIDED}
        )


def give_up(outbound: Outbound, invoice: Invoice) -> None:
    """Marks Stripe's invoice as uncollectible: it may still be paid, but nobody counts on it."""
    theirs = outbound.provider_id_of(Kind.INVOICE, invoice.pk)
    if outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage") == UNCOLLECTIBLE:
        outbound.skip("uncollectible", "Stripe's invoice is uncollectible already.")
        return
    outbound.once(
        "uncollectible",
        "invoices.mark_uncollectible",
        {},
        target=theirs,
        annotate=lambda _answer: {"stage": UNCOLLECTIBLE},
    )
