"""The payments of an invoice, with what became of them, read once for all parts of a page."""

from django.db.models import prefetch_related_objects

from billing.models import Invoice, Payment


def of(invoice: Invoice) -> list[Payment]:
    """Returns them with their refunds and disputes."""
    prefetch_related_objects([invoice], "payments__refunds", "payments__disputes")
    return list(invoice.payments.all())
