"""What is asked before an invoice is finalized, voided or given up: each with the amount that it is about."""

from typing import Any

from django.db.models import Count, QuerySet, Sum

from billing import money
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus


def finalizing(invoice: Invoice) -> str:
    """Of one draft."""
    total = money.with_currency(invoice.total, invoice.currency)
    return (
        f"{invoice.customer} is asked for {total}. The invoice gets its number and becomes due. Its lines cannot change"
        " afterwards."
    )


def finalizing_all(invoices: QuerySet[Any]) -> str:
    """Of the chosen ones, the amounts by currency."""
    drafts = invoices.filter(status=InvoiceStatus.DRAFT).order_by("currency")
    sums = list(drafts.values("currency").annotate(amount=Sum("total"), number=Count("pk")))
    if not sums:
        return "None of these is a draft: nothing would change."
    amounts = ", ".join(money.with_currency(one["amount"], one["currency"]) for one in sums)
    count = sum(one["number"] for one in sums)
    drafts_are = "1 draft becomes" if count == 1 else f"{count} drafts become"
    return f"{drafts_are} final, and customers are asked for {amounts}. Lines cannot change afterwards."


def voiding(invoice: Invoice) -> str:
    """What is owed no more."""
    if invoice.status == InvoiceStatus.DRAFT:
        total = money.with_currency(invoice.total, invoice.currency)
        return f"The draft of {total} for {invoice.customer} is never asked for. This cannot be undone."
    owed = money.with_currency(invoice.amount_remaining, invoice.currency)
    return (
        f"{invoice.customer} owes {owed} less: nothing is due for {invoice} any more, neither here nor at a provider that"
        " has it. This cannot be undone."
    )


def giving_up(invoice: Invoice) -> str:
    """What is expected no more."""
    owed = money.with_currency(invoice.amount_remaining, invoice.currency)
    return (
        f"The {owed} that {invoice.customer} owes for {invoice} are no longer expected: nobody collects them any more."
        " They may still be paid."
    )
