"""Stores a verified event in one statement, however often the provider sends it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError
from django.db import connection as database

from billing import texts
from billing.ids import new_id
from integrations.models import Connection, InboundEvent, SigningSecret
from integrations.models.connections import ConnectionStatus
from integrations.models.inbound import InboundState
from integrations.provider_api import Envelope, Json
from integrations.webhooks.signing_secrets import Key

# The key may have been remembered for long: the row is stored only if the key is valid now.
INSERT = f"""
INSERT INTO {InboundEvent._meta.db_table} (
    id, connection_id, provider_event_id, type, object_id, created, api_version, livemode, payload,
    state, reason, attempts, next_attempt_at, nudged_at, verified_by, received_at
) SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, '{InboundState.PENDING}', '', 0, %s, %s, %s, %s
WHERE EXISTS (
    SELECT FROM {SigningSecret._meta.db_table} s JOIN {Connection._meta.db_table} c ON c.id = s.connection_id
    WHERE s.id = %s AND c.id = %s AND c.status <> '{ConnectionStatus.ARCHIVED}'
    AND (s.expires_at IS NULL OR s.expires_at > %s)
)
ON CONFLICT (connection_id, provider_event_id) DO NOTHING
"""


def insert(key: Key, envelope: Envelope, now: datetime) -> str | None:
    """The new row's id; None when the event is stored already, or when ``key`` is not valid any more."""
    event_id = new_id("evt")
    values = [*_row(event_id, key, envelope, now), key.id, key.connection_id, now]
    return event_id if _inserted(values) else None


def find(connection_id: str, envelope: Envelope) -> str | None:
    """The id of the event's row, None when it is not stored."""
    rows = InboundEvent.objects.filter(connection_id=connection_id, provider_event_id=envelope.event_id)
    return rows.values_list("id", flat=True).first()


def _inserted(values: Sequence[Any]) -> bool:
    """Whether a row was stored.

    Without Django's ping before a request's first statement, a round trip for each event: a statement that
    meets a dead connection is sent again on a new one instead, which does no harm.
    """
    database.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _execute(INSERT, values)
    except (OperationalError, InterfaceError):
        if database.in_atomic_block:
            raise
        database.close()
        return _execute(INSERT, values)


def _execute(sql: str, values: Sequence[Any]) -> bool:
    """On a cursor that sends parameters apart, so that PostgreSQL plans the statement once a connection."""
    database.ensure_connection()
    with database._prepare_cursor(psycopg.Cursor(database.connection)) as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql, values)
        return bool(cursor.rowcount == 1)


def _dumps(payload: Json) -> str:
    """JSON that PostgreSQL accepts: with U+FFFD for NUL characters and halves of surrogate pairs."""
    return texts.storable(json.dumps(dict(payload), ensure_ascii=False)).replace("\\u0000", texts.REPLACEMENT)


def _row(event_id: str, key: Key, envelope: Envelope, now: datetime) -> list[Any]:
    """The envelope as values; names too long for their column are cut, because no event may be lost."""
    return [
        event_id,
        key.connection_id,
        envelope.event_id,
        envelope.type[:100],
        envelope.object_id[:255],
        envelope.created,
        envelope.api_version[:50],
        envelope.livemode,
        envelope.text or _dumps(envelope.payload),
        now,
        now,
        key.last4,
        now,
    ]
