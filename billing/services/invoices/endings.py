"""Ends or moves an invoice for a caller who waits, after a look at it where it is collected."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.services import collectors
from billing.services.invoices import invoices


def void(*, environment_id: str, invoice_id: str, started_by: str = "", now: datetime) -> Invoice:
    """``invoices.void`` after a look where it is collected; call it outside any transaction."""
    collectors.registered().look(environment_id, invoice_id, started_by)
    return invoices.void(environment_id=environment_id, invoice_id=invoice_id, now=now)


def mark_uncollectible(
    *, environment_id: str, invoice_id: str, started_by: str = "", now: datetime
) -> Invoice:
    """``invoices.mark_uncollectible`` after a look where it is collected; outside any transaction, too."""
    collectors.registered().look(environment_id, invoice_id, started_by)
    return invoices.mark_uncollectible(environment_id=environment_id, invoice_id=invoice_id, now=now)


def update(
    *, environment_id: str, invoice_id: str, changes: Mapping[str, Any], started_by: str = ""
) -> Invoice:
    """``invoices.update``, after a look where it is collected if that changes; outside any transaction."""
    final = Invoice.objects.filter(
        pk=invoice_id, environment_id=environment_id, status=InvoiceStatus.FINALIZED
    )
    if "connection_id" in changes and final.exclude(connection_id=changes["connection_id"]).exists():
        collectors.registered().look(environment_id, invoice_id, started_by)
    return invoices.update(environment_id=environment_id, invoice_id=invoice_id, changes=changes)
