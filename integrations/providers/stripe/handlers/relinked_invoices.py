"""Invoices that FlexSync had sent: linked again by their metadata where a restored backup has no link."""

from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.services.find import find
from billing.services.invoices import invoices
from integrations.provider_api import First, Ignored, Inbound, Json, Place
from integrations.providers.stripe.handlers import invoice_looks, invoice_origins
from integrations.providers.stripe.links.invoices import INVOICES, other_debt
from integrations.providers.stripe.merging.invoices import current
from integrations.providers.stripe.push.sending import SENT
from integrations.providers.stripe.translate import metadata, moments


def is_wanted(inbound: Inbound, stripe_invoice: Json) -> bool:
    """Whether an invoice here made it, which has no counterpart."""
    return inbound.is_recovering and bool(_row(inbound, stripe_invoice))


def link(inbound: Inbound, stripe_invoice: Json) -> Ignored | None:
    """Links the two, and applies what Stripe's shows; returns why they cannot be counterparts.

    Its customer is not sent it once more: whether that was done cannot be seen from the invoice. A draft here
    that was final when it was sent is final again, under its number.
    """
    invoice_id = _row(inbound, stripe_invoice)
    _finalize(inbound, invoice_id, stripe_invoice)
    found = INVOICES.compare(_place(inbound), invoice_id, stripe_invoice)
    if found.problems:
        return Ignored(f"It was made for {invoice_id}: {' '.join(found.problems.values())}")
    inbound.link(Kind.INVOICE, invoice_id, stripe_invoice["id"])
    sent = {SENT: True} if stripe_invoice["status"] != "draft" else {}
    inbound.annotate(Kind.INVOICE, invoice_id, {**found.notes, **sent})
    invoice = find(Invoice, inbound.environment_id, [invoice_id])[invoice_id]
    inbound.merge(Kind.INVOICE, invoice_id, current(invoice, stripe_invoice, {}), first=First.LINKED)
    invoice_looks.observed(inbound, stripe_invoice)
    return None


def _finalize(inbound: Inbound, invoice_id: str, stripe_invoice: Json) -> None:
    """Finalizes what is a draft on this side only, unless it is another debt by now."""
    invoice = find(Invoice, inbound.environment_id, [invoice_id])[invoice_id]
    at = moments.reached(stripe_invoice, "finalized")
    if invoice.status == InvoiceStatus.DRAFT and at is not None and not other_debt(invoice, stripe_invoice):
        invoices.finalize(
            environment_id=inbound.environment_id,
            invoice_id=invoice_id,
            now=inbound.happened(at),
            number=metadata.of(stripe_invoice).get(metadata.INVOICE_NUMBER, ""),
            origin=inbound.connection_id,
        )


def _row(inbound: Inbound, stripe_invoice: Json) -> str:
    named = invoice_origins.named(inbound, stripe_invoice)
    return named if named and inbound.provider_id_of(Kind.INVOICE, named) is None else ""


def _place(inbound: Inbound) -> Place:
    return Place(
        inbound.connection_id, inbound.environment_id, inbound.provider_id_of, inbound.entity_id_of, held={}
    )
