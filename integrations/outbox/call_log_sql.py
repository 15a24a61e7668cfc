"""What a running push writes, one statement each: nothing of it counts unless the lease is still ours.

Written as SQL, because it is most of what a push costs here: a statement by itself needs no transaction around it.
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection as database

from billing.events import Kind
from billing.ids import new_id
from integrations.db import advisory_locks
from integrations.mappings.entity_mappings import SENT, Noted
from integrations.models import EntityMapping, OutboundCall, OutboundSync
from integrations.models.outbound import CallState
from integrations.outbox import leases
from integrations.provider_api import Json

Pair = tuple[Kind, str]
_SYNCS, _CALLS, _PAIRS = (model._meta.db_table for model in (OutboundSync, OutboundCall, EntityMapping))
_HELD = f"\nWITH held AS ({leases.EXTEND})"
_INSERT = f"""{_HELD}
INSERT INTO {_CALLS} (sync_id, step, operation, target, params, idempotency_key, makes, state, detail, request_id,
    key_used_at, started_at, finished_at)
SELECT id, %(step)s, %(operation)s, %(target)s, %(params)s::jsonb, %(idempotency_key)s, %(makes)s, %(state)s, %(detail)s,
    '', %(key_used_at)s, %(started_at)s, %(finished_at)s
FROM held
"""
_ADD = f"{_INSERT} RETURNING id"
# Two statements, sent as one: a transaction of their own, in which the second sees what others did before the lock.
_ADD_FIRST = f"""SELECT pg_advisory_xact_lock(%(lock)s);{_INSERT}
WHERE NOT EXISTS (
    SELECT FROM {_PAIRS} WHERE connection_id = %(connection)s AND entity_type = %(kind)s AND entity_id = %(entity)s
) AND NOT EXISTS (
    SELECT FROM {_CALLS} call JOIN {_SYNCS} sync ON sync.id = call.sync_id
    WHERE call.makes = %(makes)s AND call.state = '{CallState.CALLING}' AND sync.connection_id = %(connection)s
        AND sync.id <> %(sync)s
) RETURNING id
"""
_DONE = f"""
UPDATE {_CALLS} call SET state = '{CallState.DONE}', answer = %(answer)s::jsonb, detail = %(detail)s,
    request_id = %(request_id)s, finished_at = %(now)s"""
_DONE_AND_NOTED = f"""{_DONE}
FROM noted WHERE call.id = %(call)s RETURNING noted.provider_entity_id, noted.metadata::text
"""
_FINISH = f"""{_HELD}{_DONE}
FROM held WHERE call.id = %(call)s RETURNING call.id
"""
_FINISH_AND_NOTE = f"""{_HELD}, noted AS (
    UPDATE {_PAIRS} SET metadata = metadata || %(facts)s::jsonb, updated_at = %(now)s,
        sent_fingerprint = coalesce(%(sent)s, sent_fingerprint), sent_at = %(now)s
    FROM held WHERE connection_id = %(connection)s AND entity_type = %(kind)s AND entity_id = %(entity)s
    RETURNING provider_entity_id, metadata
){_DONE_AND_NOTED}"""
_FINISH_AND_LINK = f"""{_HELD}, noted AS (
    INSERT INTO {_PAIRS} (id, connection_id, entity_type, entity_id, provider_entity_id, metadata, sent_fingerprint,
        sent_at, seen_rank, seen_event, deleted_there, created_at, updated_at)
    SELECT %(pair)s, %(connection)s, %(kind)s, %(entity)s, %(theirs)s, %(facts)s::jsonb, coalesce(%(sent)s, ''),
        %(now)s, 0, '', false, %(now)s, %(now)s
    FROM held ON CONFLICT DO NOTHING RETURNING provider_entity_id, metadata
){_DONE_AND_NOTED}"""


def add(sync: OutboundSync, call: OutboundCall, now: datetime) -> None:
    """Stores a new call of ``sync``; raises LeaseLost."""
    (call.pk,) = _run(_ADD, sync, now, _columns(call)) or _lost(sync)
    call._state.adding = False


def add_first(sync: OutboundSync, call: OutboundCall, pair: Pair, now: datetime) -> bool:
    """Stores a new call that makes the twin of ``pair``; False when there is one, another makes it, or the lease is lost.

    Of two workers that do this at once, one is first.
    """
    values = _columns(call) | _named(sync, pair) | {"lock": advisory_locks.key(sync.connection_id, *pair)}
    found = _run(_ADD_FIRST, sync, now, values)
    if found is None:
        return False
    (call.pk,) = found
    call._state.adding = False
    return True


def finish(
    sync: OutboundSync, call: OutboundCall, answer: Json, now: datetime, noted: tuple[Pair, Json] | None
) -> Noted | None:
    """Records the answer and, in the same statement, what is to be ``noted`` of a pair: answers what is known of it then.

    Raises LeaseLost, or EntityMapping.DoesNotExist when there is no such pair.
    """
    values = _answered(call, answer, now)
    if noted is None:
        _run(_FINISH, sync, now, values) or _lost(sync)
        return None
    found = _run(_FINISH_AND_NOTE, sync, now, values | _noted(sync, *noted))
    if found is None:
        leases.extend(sync, now)
        raise EntityMapping.DoesNotExist(f"{':'.join(noted[0])} has no twin.")
    return found[0], json.loads(found[1])


def finish_and_link(
    sync: OutboundSync, call: OutboundCall, answer: Json, now: datetime, noted: tuple[Pair, Json]
) -> Noted | None:
    """``finish`` for the answer that is the pair's twin; None, and nothing recorded, when either has one already.

    So it is when the lease is lost.
    """
    values = _answered(call, answer, now) | _noted(sync, *noted)
    values |= {"pair": new_id("map"), "theirs": answer["id"]}
    found = _run(_FINISH_AND_LINK, sync, now, values)
    return None if found is None else (found[0], json.loads(found[1]))


def _columns(call: OutboundCall) -> dict[str, Any]:
    names = ("step", "operation", "target", "idempotency_key", "makes", "state", "detail")
    times = ("key_used_at", "started_at", "finished_at")
    return {name: getattr(call, name) for name in (*names, *times)} | {"params": json.dumps(call.params)}


def _answered(call: OutboundCall, answer: Json, now: datetime) -> dict[str, Any]:
    call.state, call.answer, call.finished_at = CallState.DONE, answer, now
    call.request_id = str(answer.get("_request_id") or "")
    values = {"call": call.pk, "answer": json.dumps(answer), "detail": call.detail}
    return values | {"request_id": call.request_id, "now": now}


def _noted(sync: OutboundSync, pair: Pair, facts: Json) -> dict[str, Any]:
    sent = str(facts[SENT]) if SENT in facts else None
    return _named(sync, pair) | {"facts": json.dumps(dict(facts)), "sent": sent}


def _named(sync: OutboundSync, pair: Pair) -> dict[str, Any]:
    return {"connection": sync.connection_id, "kind": pair[0], "entity": pair[1]}


def _run(statement: str, sync: OutboundSync, now: datetime, values: dict[str, Any]) -> tuple[Any, ...] | None:
    with database.cursor() as cursor:
        cursor.execute(statement, values | leases.extension_of(sync, now))
        while cursor.nextset():
            pass
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _lost(sync: OutboundSync) -> Any:
    raise leases.LeaseLost(sync.pk)
