"""Pushes that wait although no worker is at one: messages of events go first, and may keep all busy."""

import time
from datetime import datetime, timedelta

from django.db import connection as database

from integrations.models import Connection, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncState

# How long one has to be due for that, and seconds between two looks of a process.
PATIENCE, LOOK_SECONDS = timedelta(seconds=10), 1.0
_SYNCS, _CONNECTIONS = OutboundSync._meta.db_table, Connection._meta.db_table
# By the first row of each connection: a paused one may have very many.
_FIRST = f"""
SELECT connection.id FROM {_CONNECTIONS} connection CROSS JOIN LATERAL (
    SELECT sync.next_attempt_at FROM {_SYNCS} sync
    WHERE sync.connection_id = connection.id AND sync.state = '{SyncState.PENDING}' AND sync.next_attempt_at <= %(before)s
    ORDER BY sync.next_attempt_at LIMIT 1
) earliest
WHERE connection.status = '{ConnectionStatus.ACTIVE}' AND connection.recovering_since IS NULL
    AND NOT EXISTS (SELECT FROM {_SYNCS} WHERE state = '{SyncState.SENDING}' AND leased_until > %(now)s)
ORDER BY earliest.next_attempt_at LIMIT 1
"""
_looked_at = float("-inf")


def connection_id(now: datetime) -> str | None:
    """The connection whose push has waited longest; None where none has for long, or a worker is at one."""
    global _looked_at
    if time.monotonic() - _looked_at < LOOK_SECONDS:
        return None
    _looked_at = time.monotonic()
    with database.cursor() as cursor:
        cursor.execute(_FIRST, {"now": now, "before": now - PATIENCE})
        found = cursor.fetchone()
    return found[0] if found else None
