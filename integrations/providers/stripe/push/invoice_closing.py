"""Voids, deletes or writes off an invoice at Stripe (page "Status transitions and finalization")."""

from billing.events import Kind
from billing.models import Invoice
from integrations.provider_api import Outbound

VOIDED, UNCOLLECTIBLE, DELETED = "voided", "uncollectible", "deleted"


def void(outbound: Outbound, invoice: Invoice) -> None:
    """Voids Stripe's invoice; one that is still a draft can only be deleted there."""
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if outbound.provider_id_of(Kind.INVOICE, invoice.pk) is None:
        outbound.skip("void", "The invoice was never sent to Stripe.")
    elif stage in (VOIDED, DELETED):
        outbound.skip("void", f"Stripe's invoice is already {stage}.")
    elif stage in ("draft", "lines"):
        _close(outbound, invoice, "delete", "invoices.delete", DELETED)
    else:
        _close(outbound, invoice, "void", "invoices.void_invoice", VOIDED)


def mark_uncollectible(outbound: Outbound, invoice: Invoice) -> None:
    """Marks Stripe's invoice as uncollectible: it can still be paid, but that is no longer expected."""
    if outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage") == UNCOLLECTIBLE:
        outbound.skip("uncollectible", "Stripe's invoice is already uncollectible.")
    else:
        _close(outbound, invoice, "uncollectible", "invoices.mark_uncollectible", UNCOLLECTIBLE)


def _close(outbound: Outbound, invoice: Invoice, step: str, operation: str, stage: str) -> None:
    stripe_id = outbound.provider_id_of(Kind.INVOICE, invoice.pk)
    outbound.once(step, operation, {}, target=stripe_id, annotate=lambda _response: {"stage": stage})
