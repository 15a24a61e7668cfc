"""Which worker polls a connection: one at a time, for as long as it gives signs of life."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from integrations.models import Connection, EventPoll
from integrations.models.connections import ConnectionStatus

# Longer than a call may take with all that the provider's client tries again by itself.
LEASE = timedelta(seconds=120)
# A paused connection stores events, and they wait; a broken one cannot be asked.
POLLED = (ConnectionStatus.ACTIVE, ConnectionStatus.PAUSED)


class LeaseLost(Exception):
    """Another worker polls by now, or the connection was deleted: this worker must not go on."""


def due(now: datetime) -> list[Connection]:
    """The connections whose next poll is due, and which no worker polls."""
    is_due = Q(event_poll=None) | Q(event_poll__next_at__isnull=True) | Q(event_poll__next_at__lte=now)
    is_free = (
        Q(event_poll=None) | Q(event_poll__leased_until__isnull=True) | Q(event_poll__leased_until__lte=now)
    )
    return list(Connection.objects.filter(is_due, is_free, status__in=POLLED).order_by("pk"))


def take(connection_id: str, now: datetime) -> EventPoll | None:
    """The connection's row, leased to this worker; None when it is not due, leased, or not polled."""
    if not Connection.objects.filter(pk=connection_id, status__in=POLLED).exists():
        return None
    EventPoll.objects.get_or_create(connection_id=connection_id)
    holder = secrets.token_hex(8)
    free = EventPoll.objects.filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=now),
        Q(next_at__isnull=True) | Q(next_at__lte=now),
        connection_id=connection_id,
    )
    if not free.update(lease_holder=holder, leased_until=now + LEASE):
        return None
    return EventPoll.objects.select_related("connection").get(pk=connection_id)


def write(poll: EventPoll, now: datetime, *, missed: int = 0, **values: Any) -> None:
    """Sets columns and extends the lease; raises LeaseLost. Inside a transaction it locks the row."""
    held = EventPoll.objects.filter(pk=poll.pk, lease_holder=poll.lease_holder, connection__status__in=POLLED)
    if not held.update(leased_until=now + LEASE, missed=F("missed") + missed, **values):
        raise LeaseLost
    for name, value in values.items():
        setattr(poll, name, value)


def release(poll: EventPoll, **values: Any) -> None:
    """Sets columns and ends the lease, unless another worker has it."""
    held = EventPoll.objects.filter(pk=poll.pk, lease_holder=poll.lease_holder)
    held.update(lease_holder="", leased_until=None, **values)
