"""Filters a list by a group of problems: home leads here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from integrations.triage import kinds


class GroupFilter(admin.SimpleListFilter):
    """Shown only when the address names a group, because there are as many as causes."""

    title = "problem"
    parameter_name = "problem"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kind = kinds.of_key(request.GET.get(self.parameter_name, ""))
        return [(request.GET[self.parameter_name], kind.title)] if kind else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        kind = kinds.of_key(self.value() or "")
        if kind is None or kind.model is not queryset.model:
            return queryset
        return queryset.filter(pk__in=kind.rows_of(str(self.value())).order_by().values(kind.shown))
