"""The entry point for billing's announcements: each connection that a change concerns gets an outbox row."""

from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db.models import Exists, OuterRef

from billing.events import Change, Kind
from integrations.models import Connection, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncAction
from integrations.outbox import obstacles, syncs
from integrations.provider_api import registry
from integrations.queue import dispatch, shared_wakeup


def on_change(changes: Sequence[Change]) -> None:
    """Stages a push of each changed entity, inside the transaction that changed it.

    Not for the connection that a change came from. Paused and broken connections get their rows too: work
    waits.
    """
    connections = _connections({change.environment_id for change in changes})
    # Most of the time nothing is stopped, and there may be a thousand changes.
    stopped = [one.pk for found in connections.values() for one in found if one.has_stopped]
    if stopped:
        syncs.reconsider(stopped, changes)
        obstacles.ended(stopped, changes)
    shared_wakeup.notify(dispatch.PUBLISH)
    for change in changes:
        for connection in connections[change.environment_id]:
            if connection.pk == change.origin:
                continue
            if _wants(connection, change):
                syncs.stage(connection_id=connection.id, kind=change.kind, entity_id=change.id)
            if change.kind == Kind.PAYMENT and _owes_credit(connection, change.id):
                syncs.stage(
                    connection_id=connection.id,
                    kind=change.kind,
                    entity_id=change.id,
                    action=SyncAction.REFUND,
                )
        if change.kind == Kind.INVOICE and _refunds_duplicates(connections[change.environment_id]):
            dispatch.notify(dispatch.REFUND_DUPLICATES, change.id)


def _refunds_duplicates(connections: Sequence[Connection]) -> bool:
    return any(connection.auto_refund_duplicates for connection in connections)


def _owes_credit(connection: Connection, payment_id: str) -> bool:
    """Whether what was refunded at the provider has become credit there, which is to be taken back."""
    provider = registry.providers().get(connection.provider)
    return provider is not None and provider.payments.owes_credit(connection.pk, payment_id)


def _connections(environments: set[str]) -> dict[str, list[Any]]:
    """The connections of each environment that were not deleted; ``has_stopped``: whether pushes are."""
    found = defaultdict(list)
    stopped = OutboundSync.objects.filter(
        obstacles.STOPPED, connection=OuterRef("pk"), action=SyncAction.PUSH
    )
    connections = Connection.objects.filter(environment_id__in=environments).annotate(
        has_stopped=Exists(stopped)
    )
    connections = connections.exclude(status=ConnectionStatus.ARCHIVED)
    # Sorted here: Django takes longer to write ORDER BY than PostgreSQL to find the few.
    for connection in sorted(connections.order_by(), key=attrgetter("pk")):
        found[connection.environment_id].append(connection)
    return found


def _wants(connection: Connection, change: Change) -> bool:
    """Whether the provider takes this kind, its switch is on, and the push asks for this change."""
    provider = registry.providers().get(connection.provider)
    push = provider.pushes.get(change.kind) if provider else None
    if push is None or (push.switch is not None and not getattr(connection, push.switch)):
        return False
    return push.wanted(change.id)
