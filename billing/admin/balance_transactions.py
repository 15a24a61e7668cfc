"""What is shown of the credit or debt that providers keep for a customer."""

from decimal import Decimal

from django.contrib import admin
from django.utils.html import format_html_join

from billing.admin import columns
from billing.admin.columns import neighbour
from billing.admin.links import NOTHING
from billing.admin.rows import ReadOnlyInline
from billing.models import BalanceTransaction, Customer


@admin.display(description="Balance at providers")
def balances(customer: Customer) -> str:
    """What each connection's provider keeps: credit is taken off the next invoice there, debt is added."""
    shown = [
        (amount.removeprefix("-"), currency, "credit" if amount.startswith("-") else "debt")
        for there in customer.balances.values()
        for currency, amount in there.items()
        if Decimal(amount)
    ]
    return format_html_join(" · ", "{} {} {}", shown) or NOTHING


class BalanceTransactionInline(ReadOnlyInline):
    """Negative amounts are credit."""

    model = BalanceTransaction
    fields = [
        "happened_at",
        columns.amount("amount"),
        columns.amount("ending_balance"),
        columns.words("type"),
        neighbour("invoice"),
        neighbour("credit_note"),
    ]
    readonly_fields = fields
    verbose_name_plural = "Balance movements (negative amounts are credit)"
    per_page = 50
