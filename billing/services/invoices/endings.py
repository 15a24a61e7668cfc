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

Confirm = Callable[[Invoice], None]
# How often it is looked at an invoice that somebody begins to send again and again.
LOOKS = 3


def void(
    *,
    environment_id: str,
    invoice_id: str,
    started_by: str = "",
    now: datetime,
    confirm: Confirm | None = None,
) -> Invoice:
    """``invoices.void`` after a look where it is collected; call it outside any transaction.

    ``confirm``(the invoice, locked, as the look has left it) may raise, and then nothing is done.
    """
    place = {"environment_id": environment_id, "invoice_id": invoice_id}
    return _after_a_look(invoices.void, **place, started_by=started_by, now=now, confirm=confirm)


def mark_uncollectible(
    *,
    environment_id: str,
    invoice_id: str,
    started_by: str = "",
    now: datetime,
    confirm: Confirm | None = None,
) -> Invoice:
    """``invoices.mark_uncollectible`` after a look where it is collected, with ``confirm`` as for ``void``;
    outside any transaction, too.
    """
    place = {"environment_id": environment_id, "invoice_id": invoice_id}
    end = invoices.mark_uncollectible
    return _after_a_look(end, **place, started_by=started_by, now=now, confirm=confirm)


def _after_a_look(
    end: Callable[..., Invoice],
    *,
    environment_id: str,
    invoice_id: str,
    started_by: str,
    now: datetime,
    confirm: Confirm | None,
) -> Invoice:
    """Whoever sends the invoice decides under its lock whether its money is asked for: before, or never.

    Raises Conflict while it is being sent, which the look waits for.
    """
    for _ in range(LOOKS):
        collectors.registered().look(environment_id, invoice_id, started_by)
        with transaction.atomic():
            invoice = rows.locked(Invoice, environment_id, invoice_id)
            if not collectors.registered().is_sending(invoice_id):
                if confirm is not None:
                    confirm(invoice)
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
