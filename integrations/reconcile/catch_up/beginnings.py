"""From where on the first poll of a connection reads: where a deleted connection of its account has ended."""

from dataclasses import dataclass
from datetime import datetime

from integrations.models import Connection, EventPoll
from integrations.models.connections import ConnectionStatus


@dataclass(frozen=True)
class Beginning:
    """Until when events were polled: ``covered_at`` by FlexSync's clock, ``seen_until`` by the provider's.

    ``earliest``: what is older is for an import, None where a connection before it has brought it.
    """

    covered_at: datetime
    seen_until: datetime
    earliest: datetime | None


def of(row: EventPoll, connection: Connection) -> Beginning:
    """Where the last whole pass ended, of this connection or of the one before it; else when it was made."""
    before = _before(connection)
    earliest = None if before else connection.created_at
    for last in (row, before):
        if last is not None and last.covered_at is not None and last.seen_until is not None:
            return Beginning(last.covered_at, last.seen_until, earliest)
    return Beginning(connection.created_at, connection.created_at, earliest)


def _before(connection: Connection) -> EventPoll | None:
    """The polls of the newest deleted connection of the same account, whose links this one has taken over."""
    if not connection.account_id:
        return None
    deleted = EventPoll.objects.filter(
        connection__environment=connection.environment_id,
        connection__provider=connection.provider,
        connection__account_id=connection.account_id,
        connection__livemode=connection.livemode,
        connection__status=ConnectionStatus.ARCHIVED,
        covered_at__isnull=False,
    )
    return deleted.order_by("-covered_at").first()
