"""What a running push writes, one statement each, and only while this worker has the lease.

Written as SQL, because it is most of what a push costs here: a statement by itself needs no transaction
around it.
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection as database

from billing.events import Kind
from billing.ids import new_id
from integrations.db import advisory_locks
from integrations.db.leases import LeaseLost
from integrations.mappings.entity_mappings import SENT, Counterpart
from integrations.models import EntityMapping, OutboundCall, OutboundSync
from integrations.models.outbound import CallState
from integrations.outbox import leases
from integrations.provider_api import Json

Entity = tuple[Kind, str]
# What to add to the notes of an entity's mapping.
Notes = tuple[Entity, Json]

_SYNCS, _CALLS, _MAPPINGS = (model._meta.db_table for model in (OutboundSync, OutboundCall, EntityMapping))
_EXTENDED = f"\nWITH lease AS ({leases.EXTEND})"
_INSERT = f"""{_EXTENDED}
INSERT INTO {_CALLS} (sync_id, step, operation, target, params, changes, idempotency_key, makes, state, detail, request_id,
    key_used_at, started_at, finished_at)
SELECT id, %(step)s, %(operation)s, %(target)s, %(params)s::jsonb, %(changes)s::jsonb, %(idempotency_key)s, %(makes)s, %(state)s, %(detail)s,
    '', %(key_used_at)s, %(started_at)s, %(finished_at)s
FROM lease
"""
_ADD = f"{_INSERT} RETURNING id"
# Two statements, sent as one: a transaction of their own, in which the second sees what was committed before
# the lock.
_ADD_FIRST = f"""SELECT pg_advisory_xact_lock(%(lock)s);{_INSERT}
WHERE NOT EXISTS (
    SELECT FROM {_MAPPINGS} WHERE connection_id = %(connection)s AND entity_type = %(kind)s AND entity_id = %(entity)s
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
_FINISH = f"""{_EXTENDED}{_DONE}
FROM lease WHERE call.id = %(call)s RETURNING call.id
"""
_FINISH_AND_NOTE = f"""{_EXTENDED}, noted AS (
    UPDATE {_MAPPINGS} SET metadata = metadata || %(facts)s::jsonb, updated_at = %(now)s,
        sent_fingerprint = coalesce(%(sent)s, sent_fingerprint), sent_at = %(now)s
    FROM lease WHERE connection_id = %(connection)s AND entity_type = %(kind)s AND entity_id = %(entity)s
    RETURNING provider_entity_id, metadata
){_DONE_AND_NOTED}"""
_FINISH_AND_LINK = f"""{_EXTENDED}, noted AS (
    INSERT INTO {_MAPPINGS} (id, connection_id, entity_type, entity_id, provider_entity_id, metadata, sent_fingerprint,
        sent_at, seen_rank, seen_event, created_at, updated_at)
    SELECT %(mapping)s, %(connection)s, %(kind)s, %(entity)s, %(provider_id)s, %(facts)s::jsonb, coalesce(%(sent)s, ''),
        %(now)s, 0, '', %(now)s, %(now)s
    FROM lease ON CONFLICT DO NOTHING RETURNING provider_entity_id, metadata
){_DONE_AND_NOTED}"""


def add(sync: OutboundSync, call: OutboundCall, now: datetime) -> None:
    """Stores a new call of ``sync``; raises LeaseLost."""
    (call.pk,) = _run(_ADD, sync, now, _columns(call)) or _lost(sync)
    call._state.adding = False


def add_first(sync: OutboundSync, call: OutboundCall, entity: Entity, now: datetime) -> bool:
    """Stores a new call that creates the counterpart of ``entity``.

    Returns False when the counterpart exists, another push is creating it, or the lease is lost.
    """
    lock = advisory_locks.key(sync.connection_id, *entity)
    found = _run(_ADD_FIRST, sync, now, _columns(call) | _mapping_of(sync, entity) | {"lock": lock})
    if found is None:
        return False
    (call.pk,) = found
    call._state.adding = False
    return True


def finish(
    sync: OutboundSync, call: OutboundCall, answer: Json, now: datetime, notes: Notes | None
) -> Counterpart | None:
    """Records the answer and, in the same statement, the notes; returns the mapping's counterpart and notes.

    Raises LeaseLost, or EntityMapping.DoesNotExist when there is no such mapping.
    """
    values = _answered(call, answer, now)
    if notes is None:
        _run(_FINISH, sync, now, values) or _lost(sync)
        return None
    found = _run(_FINISH_AND_NOTE, sync, now, values | _noted(sync, notes))
    if found is None:
        leases.extend(sync, now)
        raise EntityMapping.DoesNotExist(f"{':'.join(notes[0])} has no counterpart.")
    return Counterpart(found[0], json.loads(found[1]))


def finish_and_link(
    sync: OutboundSync, call: OutboundCall, answer: Json, now: datetime, notes: Notes
) -> Counterpart | None:
    """``finish`` for an answer that is the entity's counterpart.

    Returns None, and records nothing, when either of the two has a counterpart already or the lease is lost.
    """
    values = _answered(call, answer, now) | _noted(sync, notes)
    values |= {"mapping": new_id("map"), "provider_id": answer["id"]}
    found = _run(_FINISH_AND_LINK, sync, now, values)
    return None if found is None else Counterpart(found[0], json.loads(found[1]))


def _columns(call: OutboundCall) -> dict[str, Any]:
    names = ("step", "operation", "target", "idempotency_key", "makes", "state", "detail")
    times = ("key_used_at", "started_at", "finished_at")
    texts = {name: json.dumps(getattr(call, name)) for name in ("params", "changes")}
    return {name: getattr(call, name) for name in (*names, *times)} | texts


def _answered(call: OutboundCall, answer: Json, now: datetime) -> dict[str, Any]:
    call.state, call.answer, call.finished_at = CallState.DONE, answer, now
    call.request_id = str(answer.get("_request_id") or "")
    values = {"call": call.pk, "answer": json.dumps(answer), "detail": call.detail}
    return values | {"request_id": call.request_id, "now": now}


def _noted(sync: OutboundSync, notes: Notes) -> dict[str, Any]:
    entity, facts = notes
    sent = str(facts[SENT]) if SENT in facts else None
    return _mapping_of(sync, entity) | {"facts": json.dumps(dict(facts)), "sent": sent}


def _mapping_of(sync: OutboundSync, entity: Entity) -> dict[str, Any]:
    return {"connection": sync.connection_id, "kind": entity[0], "entity": entity[1]}


def _run(statement: str, sync: OutboundSync, now: datetime, values: dict[str, Any]) -> tuple[Any, ...] | None:
    with database.cursor() as cursor:
        cursor.execute(statement, values | leases.extension_of(sync, now))
        while cursor.nextset():
            pass
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _lost(sync: OutboundSync) -> Any:
    raise LeaseLost(sync.pk)
