"""The entry point for billing's announcements: each connection that a change concerns gets an outbox row."""

from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter

from billing.events import Change, Kind
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.outbox import obstacles, syncs
from integrations.provider_api import registry
from integrations.queue import dispatch, shared_wakeup


def on_change(changes: Sequence[Change]) -> None:
    """Stages a push of each changed entity, inside the transaction that changed it.

    Not for the connection that a change came from. Paused and broken connections get their rows too: work
    waits.
    """
    connections = _connections({change.environment_id for change in changes})
    connection_ids = [connection.pk for found in connections.values() for connection in found]
    syncs.reconsider(connection_ids, changes)
    obstacles.ended(connection_ids, changes)
    shared_wakeup.notify(dispatch.PUBLISH)
    for change in changes:
        for connection in connections[change.environment_id]:
            if connection.pk != change.origin and _wants(connection, change):
                syncs.stage(connection_id=connection.id, kind=change.kind, entity_id=change.id)
        if change.kind == Kind.INVOICE and _refunds_duplicates(connections[change.environment_id]):
            dispatch.notify(dispatch.REFUND_DUPLICATES, change.id)


def _refunds_duplicates(connections: Sequence[Connection]) -> bool:
    return any(connection.auto_refund_duplicates for connection in connections)


def _connections(environments: set[str]) -> dict[str, list[Connection]]:
    """The connections of each environment that were not deleted."""
    found = defaultdict(list)
    # Sorted here: Django takes longer to write ORDER BY than PostgreSQL to find the few.
    connections = Connection.objects.filter(environment_id__in=environments).order_by()
    for connection in sorted(connections.exclude(status=ConnectionStatus.ARCHIVED), key=attrgetter("pk")):
        found[connection.environment_id].append(connection)
    return found


def _wants(connection: Connection, change: Change) -> bool:
    """Whether the provider takes this kind, its switch is on, and the push asks for this change."""
    provider = registry.providers().get(connection.provider)
    push = provider.pushes.get(change.kind) if provider else None
    if push is None or (push.switch is not None and not getattr(connection, push.switch)):
        return False
    return push.wanted(change.id)
