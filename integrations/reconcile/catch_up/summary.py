"""What operators see of catch-up: the last poll, and what webhooks had missed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.models import Alarm, Connection, EventPoll, InboundEvent
from integrations.provider_api import registry
from integrations.reconcile.catch_up import alarms

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Summary:
    """``missed``: events that polls had to bring; ``missed_lately``: of a day, those without any webhook."""

    last_poll_at: datetime | None
    next_poll_at: datetime | None
    missed: int
    missed_lately: int
    last_error: str
    alarms: list[Alarm]


def of(connection: Connection, now: datetime) -> Summary:
    """The connection's summary; all is empty before the first poll."""
    row = EventPoll.objects.filter(pk=connection.pk).first() or EventPoll(connection=connection)
    return Summary(
        last_poll_at=row.polled_at,
        next_poll_at=row.next_at,
        missed=row.missed,
        missed_lately=missed_since(connection, now - DAY),
        last_error=row.last_error,
        alarms=list(alarms.open_of(connection)),
    )


def missed_since(connection: Connection, moment: datetime) -> int:
    """How many events only polls have brought since then."""
    return InboundEvent.objects.filter(connection=connection, received_at__gte=moment).missed().count()


def is_polled(connection: Connection) -> bool:
    """Whether its provider lists events."""
    found = registry.providers().get(connection.provider)
    return found is not None and found.event_list is not None
