"""Filter by currency: the table of currencies names them, so that no million of rows is asked for its own."""

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
