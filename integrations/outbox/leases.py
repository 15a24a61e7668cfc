"""Which worker may write to an outbox row: one at a time, for as long as it gives signs of life."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db import connection as database

from integrations.db.leases import LeaseLost, new_holder
from integrations.db.raw_rows import Columns
from integrations.models import Connection, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncState

Clock = Callable[[], datetime]

_SYNCS, _CONNECTIONS = OutboundSync._meta.db_table, Connection._meta.db_table
_OF_SYNC, _OF_CONNECTION = Columns(OutboundSync, "claimed"), Columns(Connection, "its")
# One statement, because each push begins with it. It skips rows locked by an edit that joins or by another
# worker.
_CLAIM = f"""
UPDATE {_SYNCS} claimed SET state = '{SyncState.SENDING}', attempts = attempts + 1, lease_holder = %(holder)s,
    leased_until = %(until)s, next_attempt_at = %(now)s
FROM {_CONNECTIONS} its
WHERE its.id = claimed.connection_id AND claimed.id = (
    SELECT sync.id FROM {_SYNCS} sync JOIN {_CONNECTIONS} connection ON connection.id = sync.connection_id
    WHERE {{which}} AND connection.status = '{ConnectionStatus.ACTIVE}' AND connection.recovering_since IS NULL
        AND coalesce(sync.leased_until <= %(now)s, true) AND coalesce(sync.next_attempt_at <= %(now)s, true)
        AND NOT EXISTS (
            SELECT FROM {_SYNCS} earlier
            WHERE earlier.connection_id = sync.connection_id AND earlier.turn = sync.turn
                AND earlier.state = '{SyncState.SENDING}' AND earlier.id <> sync.id
        )
    {{first}} FOR UPDATE OF sync SKIP LOCKED
)
RETURNING {_OF_SYNC.sql}, {_OF_CONNECTION.sql}
"""
_CLAIM_THIS = _CLAIM.format(
    which=f"sync.id = %(id)s AND sync.state IN ('{SyncState.PENDING}', '{SyncState.SENDING}')", first=""
)
_CLAIM_NEXT = _CLAIM.format(
    which=f"sync.connection_id = %(id)s AND sync.state = '{SyncState.PENDING}' AND sync.next_attempt_at <= %(now)s",
    first="ORDER BY sync.next_attempt_at LIMIT 1",
)
# The condition of every write of a running push: this worker's lease on the row is its newest. See
# ``guard_of``.
GUARD = f"id = %(sync)s AND state = '{SyncState.SENDING}' AND lease_holder = %(holder)s"
# Extends the lease, records the step reached and locks the row; no row when the lease is lost. See
# ``extension_of``.
EXTEND = f"UPDATE {_SYNCS} SET leased_until = %(until)s, step = %(reached)s WHERE {GUARD} RETURNING id"


def clock(now: datetime) -> Clock:
    """A clock that starts at ``now`` and runs on."""
    started = monotonic()
    return lambda: now + timedelta(seconds=monotonic() - started)


def claim(sync_id: str, now: datetime) -> OutboundSync | None:
    """The row with its connection, leased to this worker; None when it is settled, not due, leased, or waits.

    It waits while its connection is not active or forgot what it sent, and while another row of the same turn
    runs.
    """
    return _claimed(_CLAIM_THIS, sync_id, now)


def claim_next(connection_id: str, now: datetime) -> OutboundSync | None:
    """``claim`` for the row of the connection that has been due for longest; None when there is none."""
    return _claimed(_CLAIM_NEXT, connection_id, now)


def _claimed(statement: str, row_id: str, now: datetime) -> OutboundSync | None:
    values: dict[str, Any] = {"holder": new_holder(), "until": until(now), "now": now, "id": row_id}
    try:
        with database.cursor() as cursor:
            cursor.execute(statement, values)
            row = cursor.fetchone()
    except IntegrityError:
        return None  # another row of this turn began to run in the same moment
    if row is None:
        return None
    sync = _OF_SYNC.read(row[: _OF_SYNC.count])
    sync.connection = _OF_CONNECTION.read(row[_OF_SYNC.count :])
    return sync


def take(sync: OutboundSync, now: datetime) -> None:
    """Leases a new row to this worker and saves it."""
    sync.lease_holder = new_holder()
    sync.leased_until = until(now)
    sync.next_attempt_at = now
    sync.save()


def until(now: datetime) -> datetime:
    """When a lease given now expires."""
    return now + length()


def length() -> timedelta:
    """How long a worker may give no sign of life."""
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def guard_of(sync: OutboundSync) -> dict[str, Any]:
    """The values of GUARD."""
    return {"sync": sync.pk, "holder": sync.lease_holder}


def extension_of(sync: OutboundSync, now: datetime) -> dict[str, Any]:
    """The values of EXTEND."""
    return guard_of(sync) | {"until": until(now), "reached": sync.step}


def extend(sync: OutboundSync, now: datetime) -> None:
    """Extends the lease, records the step reached and locks the row; raises LeaseLost."""
    with database.cursor() as cursor:
        cursor.execute(EXTEND, extension_of(sync, now))
        if cursor.fetchone() is None:
            raise LeaseLost(sync.pk)


class Lease:
    """A worker's lease on one row; apart from the context, so that no cycle keeps that in memory."""

    def __init__(self, sync: OutboundSync, clock: Clock) -> None:
        self._sync = sync
        self._clock = clock
        self._extended_at = clock()

    def now(self) -> datetime:
        """The time of a write, which extends the lease."""
        self._extended_at = self._clock()
        return self._extended_at

    def confirm(self) -> None:
        """Raises LeaseLost when another worker has the row, because this process stood still for long."""
        if self._clock() - self._extended_at > length() / 2:
            with transaction.atomic():
                extend(self._sync, self.now())
