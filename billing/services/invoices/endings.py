"""Ends or moves an invoice for a caller who waits, after a look at it where it is collected."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from billing.errors import Code, Conflict
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.persistence import rows
from billing.services import collectors
from billing.services.invoices import invoices

# How often it is looked at an invoice that somebody begins to send again and again.
LOOKS = 3


def void(*, environment_id: str, invoice_id: str, started_by: str = "", now: datetime) -> Invoice:
    """``invoices.void`` after a look where it is collected; call it outside any transaction."""
    return _after_a_look(invoices.void, environment_id, invoice_id, started_by, now)


def mark_uncollectible(
    *, environment_id: str, invoice_id: str, started_by: str = "", now: datetime
) -> Invoice:
    """``invoices.mark_uncollectible`` after a look where it is collected; outside any transaction, too."""
    return _after_a_look(invoices.mark_uncollectible, environment_id, invoice_id, started_by, now)


def _after_a_look(
    end: Callable[..., Invoice], environment_id: str, invoice_id: str, started_by: str, now: datetime
) -> Invoice:
    """Whoever sends the invoice decides under its lock whether its money is asked for: before, or never.

    Raises Conflict while it is being sent, which the look waits for.
    """
    for _ in range(LOOKS):
        collectors.registered().look(environment_id, invoice_id, started_by)
        with transaction.atomic():
            rows.locked(Invoice, environment_id, invoice_id)
            if not collectors.registered().is_sending(invoice_id):
                return end(environment_id=environment_id, invoice_id=invoice_id, now=now)
    message = (
        f"The invoice {invoice_id} is being sent to where it is collected. Repeat this once that has ended."
    )
    raise Conflict(message, code=Code.PAYMENT_IN_PROGRESS)


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
