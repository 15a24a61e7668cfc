"""Who works on an outbox row: one worker at a time, for as long as it gives signs of life."""

import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import IntegrityError

from integrations.models import Connection, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncState

Clock = Callable[[], datetime]

_SYNCS = OutboundSync._meta.db_table
# One statement, because each push begins with it. A row that an edit is joining, or another worker takes, is locked.
_CLAIM = f"""
UPDATE {_SYNCS} SET state = '{SyncState.SENDING}', attempts = attempts + 1, lease_holder = %(holder)s,
    leased_until = %(until)s, next_attempt_at = %(now)s
WHERE id = (
    SELECT sync.id FROM {_SYNCS} sync JOIN {Connection._meta.db_table} connection ON connection.id = sync.connection_id
    WHERE sync.id = %(id)s AND sync.state IN ('{SyncState.PENDING}', '{SyncState.SENDING}')
        AND connection.status = '{ConnectionStatus.ACTIVE}'
        AND coalesce(sync.leased_until <= %(now)s, true) AND coalesce(sync.next_attempt_at <= %(now)s, true)
        AND NOT EXISTS (
            SELECT FROM {_SYNCS} earlier
            WHERE earlier.connection_id = sync.connection_id AND earlier.entity_type = sync.entity_type
                AND earlier.entity_id = sync.entity_id AND earlier.state = '{SyncState.SENDING}'
                AND earlier.id <> sync.id
        )
    FOR UPDATE OF sync SKIP LOCKED
)
RETURNING *
"""


class LeaseLost(Exception):
    """Another worker has taken the row over, or a person has cancelled it: this one must write nothing more."""


def clock(now: datetime) -> Clock:
    """A clock that starts at ``now`` and runs on."""
    started = monotonic()
    return lambda: now + timedelta(seconds=monotonic() - started)


def claim(sync_id: str, now: datetime) -> OutboundSync | None:
    """The row, now ours to send; None when it is settled, not due, held by another, or has to wait.

    It waits while its connection is not active, and while an earlier push of the same entity runs.
    """
    given = {"holder": _me(), "until": until(now), "now": now, "id": sync_id}
    try:
        return next(iter(OutboundSync.objects.raw(_CLAIM, given)), None)
    except IntegrityError:
        return None  # another row of this entity began to run in the same moment


def take(sync: OutboundSync, now: datetime) -> None:
    """Gives a new row to this worker and saves it."""
    sync.lease_holder = _me()
    sync.leased_until = until(now)
    sync.next_attempt_at = now
    sync.save()


def _me() -> str:
    """Who holds a row from now on: another holder each time."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def until(now: datetime) -> datetime:
    """When a lease given now runs out."""
    return now + length()


def length() -> timedelta:
    """How long a worker may give no sign of life."""
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def hold(sync: OutboundSync, now: datetime) -> None:
    """Extends the lease, tells the step reached, and locks the row; raises LeaseLost when it is not ours any more."""
    held = OutboundSync.objects.filter(
        pk=sync.pk, state=SyncState.SENDING, lease_holder=sync.lease_holder
    ).update(leased_until=until(now), step=sync.step)
    if not held:
        raise LeaseLost(sync.pk)
