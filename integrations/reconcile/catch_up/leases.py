"""Which worker polls a connection."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from integrations.db import leases
from integrations.models import Connection, EventPoll
from integrations.models.connections import ConnectionStatus

# Longer than a call may take with all that the provider's client tries again by itself.
LEASE = timedelta(seconds=120)
# A paused connection stores events, and they wait; a broken one cannot be asked.
POLLED = (ConnectionStatus.ACTIVE, ConnectionStatus.PAUSED)


def due(now: datetime) -> list[Connection]:
    """The connections whose next poll is due, and which no worker polls."""
    first = Q(event_poll=None)
    is_due, is_free = first | _due(now, "event_poll__"), first | leases.free(now, "event_poll__")
    return list(Connection.objects.filter(is_due, is_free, status__in=POLLED).order_by("pk"))


def take(connection_id: str, now: datetime) -> EventPoll | None:
    """The connection's row, leased to this worker; None when it is not due, leased, or not polled."""
    if not Connection.objects.filter(pk=connection_id, status__in=POLLED).exists():
        return None
    EventPoll.objects.get_or_create(connection_id=connection_id)
    if not leases.take(EventPoll.objects.filter(_due(now), pk=connection_id), now, LEASE):
        return None
    return EventPoll.objects.select_related("connection").get(pk=connection_id)


def write(poll: EventPoll, now: datetime, *, missed: int = 0, **values: Any) -> None:
    """Sets columns and extends the lease; raises LeaseLost. Inside a transaction it locks the row."""
    polled = EventPoll.objects.filter(pk=poll.pk, connection__status__in=POLLED)
    leases.extend(polled, poll.lease_holder, now, LEASE, missed=F("missed") + missed, **values)
    for name, value in values.items():
        setattr(poll, name, value)


def release(poll: EventPoll, **values: Any) -> None:
    """Sets columns and ends the lease, unless another worker has it."""
    leases.release(EventPoll.objects.filter(pk=poll.pk), poll.lease_holder, **values)


def _due(now: datetime, row: str = "") -> Q:
    return Q(**{f"{row}next_at__isnull": True}) | Q(**{f"{row}next_at__lte": now})
