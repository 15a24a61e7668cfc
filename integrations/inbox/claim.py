"""Claims due events, and locks their objects, for one transaction: no other worker applies them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from integrations.db import advisory_locks
from integrations.models import Connection, InboundEvent
from integrations.models.connections import ConnectionStatus

# The columns that applying needs: a thousand events are read at once.
NEEDED = (
    "connection_id", "provider_event_id", "type", "object_id", "created", "livemode", "payload", "attempts",
    "received_at",
)  # fmt: skip

Claimed = Mapping[Connection, Sequence[InboundEvent]]


def one(event_id: str, now: datetime) -> InboundEvent | None:
    """The locked event when it may be applied now; waits until its object is free."""
    event = alone(event_id, now)
    if event is not None and event.object_id:
        advisory_locks.lock(event.connection_id, event.object_id)
    return event


def alone(event_id: str, now: datetime) -> InboundEvent | None:
    """The locked event when it is due, without its object; waits for nothing."""
    due = (
        InboundEvent.objects.due(now)
        .select_related("connection")
        .select_for_update(of=("self",), skip_locked=True)
    )
    return due.filter(pk=event_id).first()


def many(now: datetime, limit: int) -> tuple[Claimed, int]:
    """Up to ``limit`` events, oldest first, by connection; and how many were left: their objects are locked.

    Waits for no lock, so workers that claim at once get different events, and none stops another.
    """
    due = InboundEvent.objects.due(now).only(*NEEDED).select_for_update(of=("self",), skip_locked=True)
    by_connection: defaultdict[str, list[InboundEvent]] = defaultdict(list)
    for event in due[:limit]:
        by_connection[event.connection_id].append(event)
    claimed, left = {}, 0
    for connection in Connection.objects.filter(pk__in=by_connection).exclude(status=ConnectionStatus.PAUSED):
        events = by_connection[connection.pk]
        free = advisory_locks.try_locks(
            connection.pk, {event.object_id for event in events if event.object_id}
        )
        claimed[connection] = [event for event in events if not event.object_id or event.object_id in free]
        left += len(events) - len(claimed[connection])
        for event in claimed[connection]:
            event.connection = connection
    return claimed, left
