"""The filters and orderings of the lists of connections, mappings, events and syncs."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter

from billing.api.filters import (
    ListFilter,
    ListOfChoicesFilter,
    ListOfPartsFilter,
    ListOfTextsFilter,
    MomentFilter,
    TotalOrdering,
)
from billing.events import Kind
from integrations.models.alarms import AlarmCode
from integrations.models.connections import Connection, ConnectionStatus
from integrations.models.imports import ImportState
from integrations.models.inbound import InboundSource, InboundState
from integrations.models.link_candidates import LinkChoice, LinkGrade
from integrations.models.mapping_changes import MappingAction
from integrations.models.outbound import SyncState
from integrations.models.runs import RunState

KINDS = [(kind.value, kind.value) for kind in Kind]
LIVE = [choice for choice in ConnectionStatus.choices if choice[0] != ConnectionStatus.ARCHIVED]
YES_NO = [("true", "true"), ("false", "false")]
NEWEST = "Unless given: newest first."


class ReceivedOrdering(TotalOrdering):
    """Puts the newest arrivals first unless another order is given."""

    def filter(self, queryset: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        """Returns the rows in order."""
        return super().filter(queryset, value or ["-received_at"])


class RaisedOrdering(TotalOrdering):
    """Puts the newest alarms first unless another order is given."""

    def filter(self, queryset: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        """Returns the rows in order."""
        return super().filter(queryset, value or ["-raised_at"])


class ConnectionFilter(ListFilter):
    """Filters connections."""

    id = ListOfTextsFilter(help_text="Ids, separated by commas.")
    provider = CharFilter()
    name = CharFilter()
    status = ListOfChoicesFilter(choices=LIVE)
    ordering = TotalOrdering(fields=("created_at", "name"), help_text=NEWEST)


class ConnectionRowFilter(ListFilter):
    """Filters rows that belong to a connection."""

    id = ListOfTextsFilter(help_text="Ids, separated by commas.")
    connection_id = ListOfTextsFilter()
    provider = CharFilter(method="filter_provider")

    def filter_provider(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Returns those of the provider's connections, which PostgreSQL is told by their ids.

        Through a join it does not know that there may be hardly any, and reads all rows for them.
        """
        return queryset.filter(
            connection_id__in=list(Connection.objects.filter(provider=value).values_list("pk", flat=True))
        )


class MappingFilter(ConnectionRowFilter):
    """Filters mappings."""

    entity_type = ListOfChoicesFilter(choices=KINDS)
    entity_id = ListOfTextsFilter()
    provider_entity_id = ListOfTextsFilter()
    former_entity_id = ListOfTextsFilter(help_text="Whose counterpart it was until another took its place.")
    gone = ChoiceFilter(choices=YES_NO, method="filter_gone", help_text="Gone at the provider.")
    ordering = TotalOrdering(fields=("created_at", "updated_at"), help_text=NEWEST)

    def filter_gone(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Returns those that are gone, or the others."""
        return queryset.filter(gone_at__isnull=value != "true")


class MappingChangeFilter(ConnectionRowFilter):
    """Filters what persons did to mappings."""

    mapping_id = ListOfTextsFilter()
    action = ListOfChoicesFilter(choices=MappingAction.choices)
    entity_type = ListOfChoicesFilter(choices=KINDS)
    entity_id = ListOfTextsFilter()
    provider_entity_id = ListOfTextsFilter()
    ordering = TotalOrdering(fields=("created_at",), help_text=NEWEST)


class ConflictFilter(ConnectionRowFilter):
    """Filters conflicts."""

    entity_type = ListOfChoicesFilter(choices=KINDS)
    entity_id = ListOfTextsFilter()
    provider_entity_id = ListOfTextsFilter()
    field = CharFilter()
    open = ChoiceFilter(choices=YES_NO, method="filter_open", help_text="Those that nobody has decided yet.")
    ordering = TotalOrdering(fields=("created_at", "decided_at"), help_text=NEWEST)

    def filter_open(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Returns the open ones, or the others."""
        return queryset.filter(winner="") if value == "true" else queryset.exclude(winner="")


class AlarmFilter(ConnectionRowFilter):
    """Filters alarms."""

    code = ListOfChoicesFilter(choices=AlarmCode.choices)
    open = ChoiceFilter(choices=YES_NO, method="filter_open", help_text="Those that have not ended.")
    ordering = RaisedOrdering(fields=("raised_at", "ended_at"), help_text=NEWEST)

    def filter_open(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Returns the open ones, or the others."""
        return queryset.filter(ended_at__isnull=value == "true")


class EventFilter(ConnectionRowFilter):
    """Filters events."""

    type = ListOfTextsFilter(help_text="Types, separated by commas.")
    state = ListOfChoicesFilter(choices=InboundState.choices)
    source = ListOfChoicesFilter(choices=InboundSource.choices)
    object_id = ListOfTextsFilter()
    provider_event_id = ListOfTextsFilter()
    received_after = MomentFilter("received_at", "gte", help_text="Received at this time or later.")
    received_before = MomentFilter("received_at", "lt", help_text="Received before this time.")
    ordering = ReceivedOrdering(fields=("received_at", "created", "settled_at"), help_text=NEWEST)


class SyncFilter(ConnectionRowFilter):
    """Filters syncs."""

    entity_type = ListOfChoicesFilter(choices=KINDS)
    entity_id = ListOfTextsFilter()
    state = ListOfChoicesFilter(choices=SyncState.choices)
    run_id = ListOfPartsFilter("run_items__run_id", help_text="Syncs of this bulk sync.")
    created_after = MomentFilter("created_at", "gte", help_text="Created at this time or later.")
    created_before = MomentFilter("created_at", "lt", help_text="Created before this time.")
    ordering = TotalOrdering(fields=("created_at", "settled_at"), help_text=NEWEST)


class ImportFilter(ConnectionRowFilter):
    """Filters imports."""

    state = ListOfChoicesFilter(choices=ImportState.choices)
    ordering = TotalOrdering(fields=("created_at", "settled_at"), help_text=NEWEST)


class LinkCandidateFilter(ListFilter):
    """Filters link candidates."""

    id = ListOfTextsFilter(help_text="Ids, separated by commas.")
    import_id = ListOfTextsFilter("run_id")
    entity_type = ListOfChoicesFilter(choices=KINDS)
    entity_id = ListOfTextsFilter()
    provider_entity_id = ListOfTextsFilter()
    grade = ListOfChoicesFilter(choices=LinkGrade.choices)
    choice = ListOfChoicesFilter(choices=LinkChoice.choices)
    undecided = ChoiceFilter(
        choices=YES_NO, method="filter_undecided", help_text="Those that wait for a person."
    )
    ordering = TotalOrdering(fields=("created_at",), help_text=NEWEST)

    def filter_undecided(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Returns those that wait, or the others."""
        return queryset.filter(choice="") if value == "true" else queryset.exclude(choice="")


class BulkSyncFilter(ConnectionRowFilter):
    """Filters bulk syncs."""

    entity_type = ListOfChoicesFilter(choices=KINDS)
    state = ListOfChoicesFilter(choices=RunState.choices)
    ordering = TotalOrdering(fields=("created_at", "settled_at"), help_text=NEWEST)
