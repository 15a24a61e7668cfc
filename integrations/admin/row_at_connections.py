"""What is stored about a row at the connections of its environment, read once for all that its page shows."""

from functools import cached_property
from typing import Any

from django.db.models import Q

from billing.events import Kind
from integrations.mappings.differences import with_conflicts
from integrations.models import Conflict, Connection, EntityMapping, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncAction, SyncState

SETTLED_SHOWN = 5


class RowAtConnections:
    """One row of billing; each property is read when a part of the page first asks for it."""

    def __init__(self, kind: Kind, row: Any) -> None:
        self.kind, self.row = kind, row
        self._of_row = {"entity_type": kind.value, "entity_id": row.pk}

    @cached_property
    def known_connections(self) -> dict[str, Connection]:
        """Returns its environment's connections by id, also those that are archived."""
        return {one.pk: one for one in Connection.objects.filter(environment=self.row.environment_id)}

    @cached_property
    def connections(self) -> list[Connection]:
        """Returns those that are not archived."""
        known = self.known_connections.values()
        return [one for one in known if one.status != ConnectionStatus.ARCHIVED]

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """Returns the open ones, then the latest that were settled."""
        found = Conflict.objects.filter(**self._of_row).select_related("connection")
        settled = Conflict.objects.filter(**self._of_row).exclude(winner="")[:SETTLED_SHOWN]
        return sorted(found.filter(Q(winner="") | Q(pk__in=settled.values("pk"))), key=_is_settled)

    @cached_property
    def syncs(self) -> dict[str, OutboundSync]:
        """Returns the newest sync by connection."""
        sent = (one for one in self._syncs if one.action != SyncAction.REFRESH)
        return {one.connection_id: one for one in sent}

    @cached_property
    def mappings(self) -> list[EntityMapping]:
        """Returns its mappings, with what ``differences`` needs."""
        return [one for one in self._mappings if one.entity_id == self.row.pk]

    @cached_property
    def gone(self) -> list[EntityMapping]:
        """Returns those whose counterpart is gone: of the row, and of what its syncs wait for."""
        return [one for one in self._mappings if one.gone_at is not None]

    @cached_property
    def _syncs(self) -> list[OutboundSync]:
        """The newest of each connection and those that wait for another row, the oldest first."""
        own = OutboundSync.objects.filter(**self._of_row)
        newest = own.without_refreshes().order_by("connection_id", "-created_at", "-id")
        is_newest = Q(pk__in=newest.distinct("connection_id").values("pk"))
        waits = Q(state=SyncState.BLOCKED) & ~Q(waits_for="")
        return list(own.filter(is_newest | waits).order_by("created_at", "id"))

    @cached_property
    def _mappings(self) -> list[EntityMapping]:
        waiting = (one.waits_for for one in self._syncs if one.state == SyncState.BLOCKED)
        waited_for = {name.rpartition(":")[2] for name in waiting} - {""}
        others = Q(gone_at__isnull=False, entity_id__in=waited_for)
        found = with_conflicts(EntityMapping.objects.filter(Q(**self._of_row) | others))
        return list(found.select_related("connection"))


def of(kind: Kind, row: Any) -> RowAtConnections:
    """Returns what all parts of the page of ``row`` share."""
    known: RowAtConnections = row.__dict__.setdefault("_at_connections", RowAtConnections(kind, row))
    return known


def _is_settled(conflict: Conflict) -> bool:
    return conflict.winner != ""
