"""Stores a verified event in one statement, however often the provider sends it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db import transaction

from billing import texts
from billing.ids import new_id
from integrations.db import prepared
from integrations.models import Connection, InboundEvent, SigningSecret
from integrations.models.connections import ConnectionStatus
from integrations.models.inbound import InboundSource, InboundState
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

INSERT_POLLED = f"""
INSERT INTO {InboundEvent._meta.db_table} (
    id, connection_id, provider_event_id, type, object_id, created, api_version, livemode, payload,
    state, reason, attempts, next_attempt_at, nudged_at, verified_by, received_at, source
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '{InboundState.PENDING}', '', 0, %s, %s, '', %s,
    '{InboundSource.POLLED}')
ON CONFLICT (connection_id, provider_event_id) DO NOTHING
"""
# Of polled events: those whose body a webhook replaces, because nothing was made of it yet.
TAKEN_OVER = (InboundState.PENDING, InboundState.DEAD)


def insert(key: Key, envelope: Envelope, now: datetime) -> str | None:
    """The new row's id; None when the event is stored already, or when ``key`` is not valid any more."""
    event_id = new_id("evt")
    row = _row(event_id, key.connection_id, envelope)
    values = [*row, now, now, key.last4, now, key.id, key.connection_id, now]
    return event_id if prepared.count(INSERT, values) == 1 else None


def find(key: Key, envelope: Envelope, now: datetime) -> str | None:
    """The id of the event's row, None when it is not stored.

    One that a poll has brought takes over what ``key`` has proven, unless it was applied already.
    """
    rows = InboundEvent.objects.filter(connection_id=key.connection_id, provider_event_id=envelope.event_id)
    found = rows.values_list("id", "source").first()
    if found is not None and found[1] == InboundSource.POLLED:
        _take_over(found[0], key, envelope, now)
    return found[0] if found else None


def insert_polled(connection_id: str, envelopes: Sequence[Envelope], now: datetime) -> int:
    """Stores those of the events that are not here yet; returns how many."""
    wanted = {envelope.event_id: envelope for envelope in envelopes}
    known = InboundEvent.objects.filter(connection_id=connection_id, provider_event_id__in=list(wanted))
    for event_id in known.values_list("provider_event_id", flat=True):
        del wanted[event_id]
    if not wanted:
        return 0
    rows = [_values(connection_id, envelope, now) for envelope in wanted.values()]
    with database.cursor() as cursor:
        cursor.executemany(INSERT_POLLED, rows)
        return int(cursor.rowcount)


def _take_over(event_id: str, key: Key, envelope: Envelope, now: datetime) -> None:
    """The webhook's body is in the endpoint's API version, the list's in that of the account.

    That of a dead event is for its replay.
    """
    with transaction.atomic():
        row = InboundEvent.objects.select_for_update(of=("self",)).get(pk=event_id)
        row.webhook_at = row.webhook_at or now
        if row.state in TAKEN_OVER and row.pruned_at is None:
            row.payload = json.loads(envelope.text or _dumps(envelope.payload))
            row.api_version, row.verified_by = envelope.api_version[:50], key.last4
            row.source = InboundSource.WEBHOOK
        row.save(update_fields=["webhook_at", "payload", "api_version", "verified_by", "source"])


def _dumps(payload: Json) -> str:
    """JSON that PostgreSQL accepts: with U+FFFD for NUL characters and halves of surrogate pairs."""
    return texts.storable(json.dumps(dict(payload), ensure_ascii=False)).replace("\\u0000", texts.REPLACEMENT)


def _values(connection_id: str, envelope: Envelope, now: datetime) -> list[Any]:
    return [*_row(new_id("evt"), connection_id, envelope), now, now, now]


def _row(event_id: str, connection_id: str, envelope: Envelope) -> list[Any]:
    """The envelope as values; names too long for their column are cut, because no event may be lost."""
    return [
        event_id,
        connection_id,
        envelope.event_id,
        envelope.type[:100],
        envelope.object_id[:255],
        envelope.created,
        envelope.api_version[:50],
        envelope.livemode,
        envelope.text or _dumps(envelope.payload),
    ]
