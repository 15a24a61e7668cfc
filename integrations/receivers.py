"""The door for billing's announcements: each connection that should hear of a change gets an outbox row."""

from billing.events import Change
from integrations import outbox, registry
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus


def on_change(change: Change) -> None:
    """Stages a push of the changed entity, inside the transaction that changed it.

    Not for the connection that the change came from. Paused and broken connections get their rows too: work waits.
    """
    connections = Connection.objects.filter(environment_id=change.environment_id)
    for connection in connections.exclude(status=ConnectionStatus.ARCHIVED).exclude(pk=change.origin or ""):
        if _wants(connection, change):
            outbox.stage(connection_id=connection.id, kind=change.kind, entity_id=change.id)


def _wants(connection: Connection, change: Change) -> bool:
    """Whether the provider takes this kind, its switch is on, and the push asks for this change."""
    provider = registry.providers().get(connection.provider)
    push = provider.pushes.get(change.kind) if provider else None
    if push is None or (push.switch is not None and not getattr(connection, push.switch)):
        return False
    return push.wanted(change.id)
