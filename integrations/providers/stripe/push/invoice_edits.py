"""Sends what was edited here of an invoice that is at Stripe, and nothing else (page "Update an invoice")."""

from typing import Any

from billing.events import Kind
from billing.models import Invoice
from integrations.errors import Rejected
from integrations.provider_api import LAST_KNOWN, Json, Outbound
from integrations.providers.stripe.merging.invoices import INVOICE, current
from integrations.providers.stripe.push import looks, updates

STEP = "edit"


def notes(invoice: Invoice, params: Json, response: Json) -> dict[str, Any]:
    """What Stripe has of a draft that was just made with ``params``, to be compared with later."""
    return {LAST_KNOWN: dict(current(invoice, response, params))}


def send(outbound: Outbound, invoice: Invoice) -> bool:
    """Sends what was changed here since; returns whether there was anything.

    Where Stripe refuses it, the invoice is read: what can no longer be changed there is taken back here.
    """
    if not invoice.changed_at or not _is_wanted(outbound, invoice):
        return False
    try:
        updates.update(outbound, INVOICE, invoice.pk, step=STEP)
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise
        found = looks.read(outbound, str(outbound.provider_id_of(Kind.INVOICE, invoice.pk)))
        outbound.observe(Kind.INVOICE, found)
        if not _wanted(outbound, invoice):
            return True
        if found["status"] == "draft":
            raise
        updates.update(outbound, INVOICE, invoice.pk, step=STEP)
    return True


def _is_wanted(outbound: Outbound, invoice: Invoice) -> bool:
    return outbound.pending(Kind.INVOICE, invoice.pk, STEP).is_doubtful or bool(_wanted(outbound, invoice))


def _wanted(outbound: Outbound, invoice: Invoice) -> Json:
    pending = outbound.pending(Kind.INVOICE, invoice.pk, STEP)
    return INVOICE.to_send(pending.changed, pending.known, pending.held or {})
