"""What to do about an invoice that is to be paid and is still a draft."""

from billing.models import Invoice
from billing.models.invoices import InvoiceStatus


def todo(invoice: Invoice) -> str:
    """In a sentence; "" for an invoice that is no draft."""
    if invoice.status != InvoiceStatus.DRAFT:
        return ""
    if not invoice.is_external:
        return "Finalize it first."
    return (
        "It was made at its provider, and is a draft there as far as is known here: finalize it there. If it is finalized"
        " already, FlexSync has not heard of that yet: try again in a few seconds."
    )
