"""What a running push writes, one statement each: nothing of it counts unless the lease is still ours.

Written as SQL, because it is most of what a push costs here: a statement by itself needs no transaction around it.
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection as database

from billing.events import Kind
from integrations import leases
from integrations.mappings import SENT
from integrations.models import EntityMapping, OutboundCall, OutboundSync
from integrations.models.outbound import CallState, SyncState
from integrations.provider import Json

_CALLS, _PAIRS = OutboundCall._meta.db_table, EntityMapping._meta.db_table
# Extends the lease and tells the step reached, as leases.hold does; no row, and so nothing else, once it is lost.
_HELD = f"""
WITH held AS (
    UPDATE {OutboundSync._meta.db_table} SET leased_until = %(until)s, step = %(reached)s
    WHERE id = %(sync)s AND state = '{SyncState.SENDING}' AND lease_holder = %(holder)s
    RETURNING id
)"""
_ADD = f"""{_HELD}
INSERT INTO {_CALLS} (sync_id, step, operation, target, params, idempotency_key, makes, state, detail, request_id,
    key_used_at, started_at, finished_at)
SELECT id, %(step)s, %(operation)s, %(target)s, %(params)s::jsonb, %(idempotency_key)s, %(makes)s, %(state)s, %(detail)s,
    '', %(key_used_at)s, %(started_at)s, %(finished_at)s
FROM held RETURNING id
"""
_FINISH = f"""{_HELD}
UPDATE {_CALLS} call SET state = '{CallState.DONE}', answer = %(answer)s::jsonb, detail = %(detail)s,
    request_id = %(request_id)s, finished_at = %(now)s
FROM held WHERE call.id = %(call)s RETURNING call.id
"""
_FINISH_AND_NOTE = f"""{_HELD}, noted AS (
    UPDATE {_PAIRS} SET metadata = metadata || %(facts)s::jsonb, updated_at = %(now)s,
        sent_fingerprint = coalesce(%(sent)s, sent_fingerprint),
        sent_at = CASE WHEN %(sent)s IS NULL THEN sent_at ELSE %(now)s END
    FROM held WHERE connection_id = %(connection)s AND entity_type = %(kind)s AND entity_id = %(entity)s
    RETURNING provider_entity_id, metadata
)
UPDATE {_CALLS} call SET state = '{CallState.DONE}', answer = %(answer)s::jsonb, detail = %(detail)s,
    request_id = %(request_id)s, finished_at = %(now)s
FROM noted WHERE call.id = %(call)s RETURNING noted.provider_entity_id, noted.metadata::text
"""


def add(sync: OutboundSync, call: OutboundCall, now: datetime) -> None:
    """Stores a new call of ``sync``; raises LeaseLost."""
    names = ("step", "operation", "target", "idempotency_key", "makes", "state", "detail")
    times = ("key_used_at", "started_at", "finished_at")
    values = {name: getattr(call, name) for name in (*names, *times)} | {"params": json.dumps(call.params)}
    (call.pk,) = _run(_ADD, sync, now, values) or _lost(sync)
    call._state.adding = False


def finish(
    sync: OutboundSync,
    call: OutboundCall,
    answer: Json,
    now: datetime,
    noted: tuple[tuple[Kind, str], Json] | None,
) -> tuple[str, dict[str, Any]] | None:
    """Records the answer and, in the same statement, what is to be ``noted`` of a pair: its twin and all that is known.

    Raises LeaseLost, or EntityMapping.DoesNotExist when there is no such pair.
    """
    call.state, call.answer, call.finished_at = CallState.DONE, answer, now
    call.request_id = str(answer.get("_request_id") or "")
    values = {"call": call.pk, "answer": json.dumps(answer), "detail": call.detail, "now": now}
    values["request_id"] = call.request_id
    if noted is None:
        _run(_FINISH, sync, now, values) or _lost(sync)
        return None
    (kind, entity_id), facts = noted
    sent = str(facts[SENT]) if SENT in facts else None
    values |= {"facts": json.dumps(dict(facts)), "sent": sent}
    values |= {"connection": sync.connection_id, "kind": kind, "entity": entity_id}
    found = _run(_FINISH_AND_NOTE, sync, now, values)
    if found is None:
        leases.hold(sync, now)
        raise EntityMapping.DoesNotExist(f"{kind} {entity_id} has no twin.")
    return found[0], json.loads(found[1])


def _run(statement: str, sync: OutboundSync, now: datetime, values: dict[str, Any]) -> tuple[Any, ...] | None:
    held = {"sync": sync.pk, "holder": sync.lease_holder, "reached": sync.step, "until": leases.until(now)}
    with database.cursor() as cursor:
        cursor.execute(statement, values | held)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _lost(sync: OutboundSync) -> Any:
    raise leases.LeaseLost(sync.pk)
