"""invoice.*: what became at Stripe of invoices that FlexSync sent; those made there are imported."""

from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.services.find import find
from billing.services.invoices import invoices
from integrations.errors import Retry
from integrations.provider_api import Freshness, Ignored, Inbound, Json
from integrations.providers.stripe.handlers import (
    collection_state,
    imported_invoices,
    invoice_amounts,
    invoice_edits,
    invoice_origins,
)
from integrations.providers.stripe.handlers.events import STALE, object_of, rank_of
from integrations.providers.stripe.translate import invoices as translate
from integrations.providers.stripe.translate import moments

INVOICE_MISSING = Ignored("The event is about an invoice that is not here.")


def sent(inbound: Inbound, stripe_invoice: Json) -> Invoice | None:
    """The invoice that FlexSync sent as this one, None when it was made at Stripe or by another system.

    Raises Retry while its push may be about to record it, or a recovery to link it: its metadata alone can be
    a copy.
    """
    invoice_id = inbound.entity_id_of(Kind.INVOICE, stripe_invoice["id"])
    if invoice_id is not None:
        invoice = find(Invoice, inbound.environment_id, [invoice_id]).get(invoice_id)
        return invoice if invoice and not invoice.is_external else None
    named_id = invoice_origins.named(inbound, stripe_invoice)
    if named_id and invoice_origins.is_on_its_way(inbound, named_id, stripe_invoice["id"]):
        # Only the push links it: it alone knows how far the invoice has come.
        raise Retry(f"Waits until the push of {named_id} has recorded {stripe_invoice['id']}.")
    if named_id and invoice_origins.is_forgotten(inbound, named_id):
        raise Retry(
            f"{stripe_invoice['id']} was made for {named_id}, of which nothing is known to have been sent. Waits until a"
            " recovery has linked the two, or until it is sure that no backup was restored."
        )
    return None


def changed(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.created, finalized, updated: what it asks for, how that goes, and what was edited of it."""
    stripe_invoice = object_of(event)
    invoice = sent(inbound, stripe_invoice)
    if invoice is None:
        return imported_invoices.save(inbound, event)
    invoice_edits.restore(inbound, invoice.pk, event)
    freshness = inbound.freshness(Kind.INVOICE, stripe_invoice["id"], rank_of(inbound))
    if freshness is Freshness.STALE:
        return STALE
    moved = invoice_amounts.apply(inbound, invoice.pk, stripe_invoice)
    noted = collection_state.note(inbound, invoice, stripe_invoice, freshness)
    edited = invoice_edits.of_event(inbound, invoice, event, stripe_invoice, freshness)
    ignored = keep_links(inbound, invoice, stripe_invoice)
    return None if moved or noted or edited else ignored


def keep_links(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> Ignored | None:
    """Saves the addresses of the invoice's pages at Stripe where they have changed."""
    links = translate.links(stripe_invoice)
    if not links or (invoice.hosted_invoice_url, invoice.pdf_url) == tuple(links.values()):
        return Ignored(
            "The addresses of the invoice's pages are known here, and the event changes nothing else."
        )
    invoices.set_links(environment_id=inbound.environment_id, invoice_id=invoice.pk, **links)
    return None


def voided(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.voided: nothing is owed any more, neither there nor here."""
    stripe_invoice = object_of(event)
    invoice = sent(inbound, stripe_invoice)
    if invoice is None:
        return imported_invoices.save(inbound, event)
    if invoice.status == InvoiceStatus.VOIDED:
        return Ignored("The invoice is voided here already.")
    invoices.void(
        environment_id=inbound.environment_id,
        invoice_id=invoice.pk,
        now=inbound.happened(moments.ended(stripe_invoice)),
        origin=inbound.connection_id,
    )
    return None


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.deleted: only drafts can be (page "Delete a draft invoice")."""
    stripe_invoice = object_of(event)
    invoice = sent(inbound, stripe_invoice)
    if invoice is None:
        return imported_invoices.deleted(inbound, stripe_invoice)
    if inbound.is_stale(Kind.INVOICE, stripe_invoice["id"], rank_of(inbound)):
        return STALE
    if invoice.status == InvoiceStatus.VOIDED:
        return Ignored("The invoice is voided here already.")
    return Ignored(
        f"The draft of {invoice.number or invoice.pk} was deleted at Stripe; the invoice here stays as it is. Its mapping"
        " says so now: choose there whether it is created anew, voided here, or left."
    )


def marked_uncollectible(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.marked_uncollectible: uncollectible there, and here."""
    stripe_invoice = object_of(event)
    invoice = sent(inbound, stripe_invoice)
    if invoice is None:
        return imported_invoices.save(inbound, event)
    if invoice.status in (InvoiceStatus.UNCOLLECTIBLE, InvoiceStatus.VOIDED):
        return Ignored(f"The invoice is {invoice.status} here already.")
    invoices.mark_uncollectible(
        environment_id=inbound.environment_id,
        invoice_id=invoice.pk,
        now=inbound.happened(moments.ended(stripe_invoice)),
        origin=inbound.connection_id,
    )
    return None
