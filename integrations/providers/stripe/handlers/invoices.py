"""invoice.*: what became at Stripe of the invoices that we sent there; those made there are imported."""

from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.services.find import find
from billing.services.invoices import invoices
from integrations.errors import Retry
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import imported_invoices
from integrations.providers.stripe.handlers.events import STALE, object_of, rank_of
from integrations.providers.stripe.translate import invoices as translate
from integrations.providers.stripe.translate import metadata

NOT_OURS = Ignored("The invoice that it is about is not here.")


def sent(inbound: Inbound, invoice: Json) -> Invoice | None:
    """Ours that we sent as this invoice of Stripe, None when it was made there or elsewhere.

    Raises Retry while its push has not recorded it.
    """
    ours = inbound.entity_id_of(Kind.INVOICE, invoice["id"])
    if ours is not None:
        found = find(Invoice, inbound.environment_id, [ours]).get(ours)
        return found if found and not found.is_external else None
    named = metadata.of(invoice).get(metadata.INVOICE_ID, "")
    known = named and find(Invoice, inbound.environment_id, [named])
    if known and metadata.of(invoice).get(metadata.SOURCE) == metadata.SOURCE_IS_FLEXSYNC[metadata.SOURCE]:
        # Only the push links it: it alone knows how far the invoice has come.
        raise Retry(f"It waits until the push of {named} has recorded {invoice['id']}.")
    return None


def changed(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.created, finalized, updated: where the invoice can be seen and paid."""
    theirs = object_of(event)
    ours = sent(inbound, theirs)
    if ours is None:
        return imported_invoices.follow(inbound, theirs)
    if inbound.is_stale(Kind.INVOICE, theirs["id"], rank_of(inbound)):
        return STALE
    return keep_links(inbound, ours, theirs)


def keep_links(inbound: Inbound, ours: Invoice, theirs: Json) -> Ignored | None:
    """Saves the invoice's addresses at Stripe where they are news."""
    links = translate.links(theirs)
    if not links or (ours.hosted_invoice_url, ours.pdf_url) == tuple(links.values()):
        return Ignored("The invoice's addresses are known, and nothing else is taken over.")
    invoices.set_links(environment_id=inbound.environment_id, invoice_id=ours.pk, **links)
    return None


def voided(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.voided: nothing is owed any more, here neither."""
    theirs = object_of(event)
    ours = sent(inbound, theirs)
    if ours is None:
        return imported_invoices.follow(inbound, theirs)
    if ours.status == InvoiceStatus.VOIDED:
        return Ignored("The invoice is voided here already.")
    invoices.void(
        environment_id=inbound.environment_id,
        invoice_id=ours.pk,
        now=inbound.now,
        origin=inbound.connection_id,
    )
    return None


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.deleted: only drafts can be (page "Delete a draft invoice")."""
    theirs = object_of(event)
    ours = sent(inbound, theirs)
    if ours is None:
        return imported_invoices.deleted(inbound, theirs)
    return Ignored(
        f"The draft of {ours.number or ours.pk} was deleted at Stripe, and the invoice stays as it is here. To bring it to"
        " Stripe again, delete its mapping and sync it."
    )


def given_up(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.marked_uncollectible: given up there, and here."""
    theirs = object_of(event)
    ours = sent(inbound, theirs)
    if ours is None:
        return imported_invoices.follow(inbound, theirs)
    if ours.status in (InvoiceStatus.UNCOLLECTIBLE, InvoiceStatus.VOIDED):
        return Ignored(f"The invoice is {ours.status} here already.")
    invoices.mark_uncollectible(
        environment_id=inbound.environment_id,
        invoice_id=ours.pk,
        now=inbound.now,
        origin=inbound.connection_id,
    )
    return None
