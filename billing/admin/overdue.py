"""Overdue invoices in the admin: marked beside the date when they were due, and as a filter."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from billing.admin import links
from billing.admin.labels import badge
from billing.admin.unfold_types import DropdownFilter
from billing.models import Invoice
from billing.models.invoices import overdue


class OverdueFilter(DropdownFilter):
    """Whether the invoice is overdue now."""

    title = "overdue"
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_overdue = overdue(timezone.now())
        if self.value() == "yes":
            return queryset.filter(is_overdue)
        return queryset.exclude(is_overdue) if self.value() else queryset


@admin.display(description="due", ordering="due_date")
def due(invoice: Invoice) -> str:
    """The date when it is or was due, with a label once it is overdue."""
    if invoice.due_date is None:
        return links.NOTHING
    date = date_format(invoice.due_date)
    return format_html("{} {}", date, badge("overdue")) if invoice.overdue else date
