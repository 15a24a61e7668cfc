"""Ends an invoice for a caller who waits, after a look at what has become of it where it is collected."""

from datetime import datetime

from billing.models import Invoice
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
