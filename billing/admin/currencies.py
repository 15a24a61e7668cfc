"""Filter by currency: its choices come from the table of currencies, not from a query over all rows."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from billing import money
from billing.admin.unfold_types import DropdownFilter


class CurrencyFilter(DropdownFilter):
    """By the row's currency."""

    title = "currency"
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, code) for code in money.CURRENCIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(currency=self.value()) if self.value() else queryset
