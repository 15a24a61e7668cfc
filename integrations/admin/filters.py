"""Filters by columns that are text in the database, because providers may bring values of their own."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from billing.admin.unfold_types import DropdownFilter
from integrations.admin.entity_links import KINDS
from integrations.mappings.gone import undecided
from integrations.provider_api import registry


class KindFilter(admin.SimpleListFilter):
    """Filters by the kind of the billing row."""

    title = "kind"
    parameter_name = "entity_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return KINDS

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(entity_type=self.value()) if self.value() else queryset


class EventTypeFilter(DropdownFilter):
    """Filters by event type. The types come from the route tables, which saves a query over all events."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = {name for provider in registry.providers().values() for name in provider.routes}
        return [(name, name) for name in sorted(names)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(type=self.value()) if self.value() else queryset


class EchoFilter(admin.SimpleListFilter):
    """Leaves out events that FlexSync's own calls have caused, unless asked for, or an event is searched."""

    title = "echoes"
    parameter_name = "echoes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("shown", "With echoes"), ("only", "Only echoes")]

    def choices(self, changelist: Any) -> Any:
        """All but echoes is what a list begins with."""
        first, *others = super().choices(changelist)
        return [{**first, "display": "Without echoes"}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "only":
            return queryset.filter(is_echo=True)
        is_found = self.value() == "shown" or request.GET.get("q")
        return queryset if is_found else queryset.filter(is_echo=False)


class ConflictFilter(admin.SimpleListFilter):
    """Filters events whose mapping conflict an operator has not resolved yet."""

    title = "conflict"
    parameter_name = "conflict"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open conflicts")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(conflict__isnull=False) if self.value() else queryset


class OpenFilter(admin.SimpleListFilter):
    """Filters conflicts by whether somebody has to decide."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("settled", "Settled")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(winner="") if self.value() == "open" else queryset.exclude(winner="")


class EndedFilter(admin.SimpleListFilter):
    """Filters alarms by whether they are over."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("ended", "Ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(ended_at__isnull=self.value() == "open")


class GoneFilter(admin.SimpleListFilter):
    """Filters mappings whose object is gone at the provider, by whether somebody has to decide."""

    title = "gone at provider"
    parameter_name = "gone"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Gone, to be decided"), ("all", "Gone")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        gone = queryset.filter(gone_at__isnull=False)
        return gone.filter(pk__in=undecided().values("pk")) if self.value() == "open" else gone


class ProviderFilter(admin.SimpleListFilter):
    """Filters by provider."""

    title = "provider"
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(slug, provider.label) for slug, provider in sorted(registry.providers().items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(provider=self.value()) if self.value() else queryset


class BulkSyncFilter(admin.SimpleListFilter):
    """Filters by bulk sync. Shown only when the address names one, since there may be thousands."""

    title = "bulk sync"
    parameter_name = "run"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        named = request.GET.get(self.parameter_name)
        return [(named, named)] if named else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(run_items__run=self.value()) if self.value() else queryset
