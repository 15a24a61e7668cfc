"""What a batch of events wants to be read from the provider: rows of the outbox, written with its changes."""

from django.utils import timezone

from billing.events import Kind
from integrations.models import OutboundSync
from integrations.models.outbound import Priority, SyncAction


class Refreshes:
    """One connection's, inside one transaction; a participant of its unit of work."""

    tables = frozenset({OutboundSync._meta.db_table})

    def __init__(self, connection_id: str) -> None:
        self._connection_id = connection_id
        self._wanted: set[tuple[Kind, str]] = set()

    def add(self, kind: Kind, entity_id: str) -> None:
        """Lets the entity be read after the commit, once for all who ask before that has begun."""
        self._wanted.add((kind, entity_id))

    def waits(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._wanted)

    def forget(self) -> None:
        """Drops what waits."""
        self._wanted.clear()

    def write(self) -> None:
        """Writes a row for each entity without one that has not begun.

        No worker is notified: the sweep finds the rows, when the events that came with these are applied.
        """
        now = timezone.now()
        rows = [
            OutboundSync(
                connection_id=self._connection_id,
                entity_type=kind,
                entity_id=entity_id,
                turn=entity_id,
                action=SyncAction.REFRESH,
                priority=Priority.BACKFILL,
                next_attempt_at=now,
            )
            for kind, entity_id in sorted(self._wanted)
        ]
        OutboundSync.objects.bulk_create(rows, ignore_conflicts=True)
        self._wanted.clear()
