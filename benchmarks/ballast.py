"""What years of use leave behind: settled events and mappings, loaded with COPY."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

EVENTS = (
    "COPY integrations_inboundevent (id, connection_id, provider_event_id, type, object_id, created, api_version,"
    " livemode, payload, state, reason, attempts, next_attempt_at, nudged_at, verified_by, received_at, settled_at)"
    " FROM STDIN"
)
MAPPINGS = (
    "COPY integrations_entitymapping (id, connection_id, entity_type, entity_id, provider_entity_id, seen_at,"
    " seen_rank, seen_event, sent_fingerprint, metadata, created_at, updated_at) FROM STDIN"
)
PAYLOAD = '{"id": "evt_old", "object": "event", "data": {"object": {"name": "%s"}}}' % ("x" * 150)
KINDS = ["customer", "plan", "price", "subscription", "invoice", "payment"]


def load(database: psycopg.Connection[Any], connection_id: str, events: int, mappings: int) -> None:
    """Loads so many settled events of the last three months, and mappings of all kinds, of one connection."""
    now = datetime.now(UTC)
    _copy(database, EVENTS, (_event(connection_id, number, now) for number in range(events)))
    _copy(database, MAPPINGS, (_mapping(connection_id, number, now) for number in range(mappings)))
    database.execute("ANALYZE integrations_inboundevent, integrations_entitymapping")


def _copy(database: psycopg.Connection[Any], statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with database.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _event(connection_id: str, number: int, now: datetime) -> tuple[Any, ...]:
    at = (now - timedelta(seconds=7 * number + 3600)).isoformat()
    key = f"{number:026d}"
    object_id = f"cus_old{number // 3}"
    state = ("applied", "applied", "applied", "ignored", "dead")[number % 5]
    settled = (at, "", "f", PAYLOAD, state, "", 1, at, at, "test", at, at)
    return (f"evt_{key}", connection_id, f"evt_old{number}", "customer.updated", object_id, *settled)


def _mapping(connection_id: str, number: int, now: datetime) -> tuple[Any, ...]:
    at = (now - timedelta(seconds=7 * number + 3600)).isoformat()
    kind = KINDS[number % len(KINDS)]
    ids = (kind, f"{kind}_{number:026d}", f"{kind}_old{number}")
    return (f"map_{number:026d}", connection_id, *ids, at, 1, "", "", "{}", at, at)
