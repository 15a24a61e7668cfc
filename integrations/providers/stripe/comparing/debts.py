"""Whose money payments and credit notes are about."""

from billing.events import Kind
from integrations.provider_api import Place


def of(place: Place, invoice_id: str | None, stripe_invoice: str) -> str:
    """The invoice here, where one is known; else Stripe's, "" for none."""
    if invoice_id or not stripe_invoice:
        return invoice_id or ""
    return place.entity_id_of(Kind.INVOICE, stripe_invoice) or stripe_invoice
