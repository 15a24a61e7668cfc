"""The recorded calls of one push: each is stored with its key and exact parameters before it is made."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db import transaction

from integrations.db.raw_rows import Columns
from integrations.errors import Retry
from integrations.models import OutboundCall, OutboundSync
from integrations.models.outbound import CallState, SyncState
from integrations.outbox import call_log_sql, leases
from integrations.outbox.call_log_sql import Entity
from integrations.provider_api import Json

_OF_CALL = Columns(OutboundCall, "call")
_CALLS, _SYNCS = OutboundCall._meta.db_table, OutboundSync._meta.db_table
_OF_ENTITY = f"""
SELECT {_OF_CALL.sql} FROM {_CALLS} call JOIN {_SYNCS} sync ON sync.id = call.sync_id
WHERE sync.connection_id = %(connection)s AND sync.entity_type = %(kind)s AND sync.entity_id = %(entity)s
    AND (sync.id = %(sync)s OR call.state = '{CallState.CALLING}' AND sync.action = %(action)s
        AND sync.state IN ('{SyncState.DEAD}', '{SyncState.BLOCKED}', '{SyncState.CANCELLED}'))
ORDER BY call.id
"""
_MAKING = f"""
SELECT call.* FROM {_CALLS} call JOIN {_SYNCS} sync ON sync.id = call.sync_id
WHERE call.makes = %(makes)s AND call.state = '{CallState.CALLING}' AND sync.connection_id = %(connection)s
    AND sync.id <> %(sync)s
ORDER BY call.id
"""


class CallLog:
    """The calls of one sync by step, with those of earlier attempts. Each write may raise LeaseLost."""

    def __init__(self, sync: OutboundSync) -> None:
        self._sync = sync
        found = _of_entity(sync)
        rows = [row for row in found if row.sync_id == sync.pk]
        self._refused = [row.step for row in rows if row.state == CallState.REFUSED]
        self._known = {row.step: row for row in rows if row.state != CallState.REFUSED}
        # Unanswered calls of the entity's dead, blocked and cancelled syncs: repeated unchanged, so nothing
        # doubles.
        others = [row for row in found if row.sync_id != sync.pk]
        self._inherited = {(row.step, row.operation, row.target): row for row in others}
        self._repeated: set[str] = set()
        self.repeats_older = False

    def answer(self, step: str) -> Json | None:
        """The recorded answer to the step, None when it is not done."""
        row = self._known.get(step)
        return row.answer if row is not None and row.state == CallState.DONE else None

    def is_open(self, step: str) -> bool:
        """Whether the step was begun and has no answer."""
        row = self._known.get(step)
        return row is not None and row.state == CallState.CALLING

    def is_repeated(self, step: str) -> bool:
        """Whether an earlier attempt may have made the step's call already, and its answer was lost."""
        return step in self._repeated

    def note_found(self, step: str) -> None:
        """Notes that the step's call was made before, without a record of it."""
        self._repeated.add(step)

    def is_unsure(self, target: str, besides: str) -> bool:
        """Whether a call to ``target`` in another step, also of a sync that has ended, has no answer."""
        begun = {step for step, row in self._known.items() if row.target == target and self.is_open(step)}
        inherited = {step for step, _operation, of in self._inherited if of == target}
        return bool((begun | inherited) - {besides})

    def new_step(self, name: str, now: datetime) -> str:
        """The name of a step that is yet to be done: ``name`` alone, or with how many there were before.

        One that was begun has no answer, and its key would return what was true then: it is given up.
        """
        number = 1
        while self.answer(step := name if number == 1 else f"{name}-{number}") is not None:
            number += 1
        if self.is_open(step):
            self.refuse(self._known[step], "No answer arrived. FlexSync looks again.", now)
        self._inherited = {key: row for key, row in self._inherited.items() if key[0] != step}
        return step

    def unanswered(self, step: str, target: str) -> list[OutboundCall]:
        """The calls to ``target`` without an answer in steps that begin so, also of syncs that have ended."""
        rows = [row for row in self._known.values() if row.state == CallState.CALLING]
        both = [*rows, *self._inherited.values()]
        return [row for row in both if row.target == target and row.step.startswith(step)]

    def give_up(self, row: OutboundCall, now: datetime, *, was_seen: bool) -> None:
        """Gives up an unanswered call: FlexSync has looked at the provider again, and perhaps seen it."""
        row.state, row.finished_at, row.was_seen = CallState.REFUSED, now, was_seen
        row.detail = "No answer arrived. FlexSync looked at the provider again."
        # Its event may have noted meanwhile that it was seen.
        seen = ["was_seen"] if was_seen else []
        with transaction.atomic():
            leases.extend(self._sync, now)
            row.save(update_fields=["state", "finished_at", "detail", *seen])
        self._known.pop(row.step, None)
        self._inherited.pop((row.step, row.operation, row.target), None)
        self._refused.append(row.step)

    def begin_creating(
        self, step: str, operation: str, params: Json, link: Entity, now: datetime
    ) -> OutboundCall | None:
        """``begin`` for a new counterpart of ``link``; None when it may exist already, or is being created.

        Of two pushes that do this at once, one gets the call.
        """
        if step in self._known or (step, operation, "") in self._inherited:
            return None
        row = OutboundCall(sync=self._sync, step=step, operation=operation, makes=":".join(link))
        row.params, row.idempotency_key = _plain(params), self._key(step)
        row.started_at = row.key_used_at = now
        if not call_log_sql.add_first(self._sync, row, link, now):
            return None
        self._known[step] = row
        return row

    def begin(
        self,
        step: str,
        operation: str,
        params: Json,
        target: str,
        makes: str,
        now: datetime,
        changes: Mapping[str, tuple[Any, Any]] | None = None,
    ) -> OutboundCall:
        """The call to make: an unanswered one from an earlier attempt, unchanged, or else a new one.

        ``makes`` names the entity whose counterpart the answer becomes, "" for none. Raises Retry while
        another push creates it.
        """
        if self.is_open(step):
            return self._repeat(self._known[step], params, now)
        older = self._inherited.pop((step, operation, target), None) or self._unanswered(makes, operation)
        row = self._known.get(step) or OutboundCall(sync=self._sync, step=step)
        row.operation, row.target, row.makes, row.started_at = operation, target, makes, now
        row.params = older.params if older else _plain(params)
        row.idempotency_key = older.idempotency_key if older else self._key(step)
        row.key_used_at = (older.key_used_at if older else None) or now
        row.state, row.detail, row.finished_at = CallState.CALLING, "", None
        row.changes = {name: list(pair) for name, pair in (changes or {}).items()}
        if older is None:
            self._store(row, now)
        else:
            self._take_over(older, row, params, now)
        self._known[step] = row
        return row

    def _store(self, row: OutboundCall, now: datetime) -> None:
        if row._state.adding:
            call_log_sql.add(self._sync, row, now)
            return
        # A step that an earlier attempt skipped.
        with transaction.atomic():
            leases.extend(self._sync, now)
            row.save()

    def _repeat(self, row: OutboundCall, params: Json, now: datetime) -> OutboundCall:
        """The call, unchanged: parameters that have changed since follow with the next push."""
        self._note_repetition(row)
        self.repeats_older |= row.params != _plain(params)
        row.started_at, row.key_used_at = now, row.key_used_at or now
        with transaction.atomic():
            leases.extend(self._sync, now)
            row.save(update_fields=["started_at", "key_used_at"])
        return row

    def _note_repetition(self, row: OutboundCall) -> None:
        if row.key_used_at is not None:
            self._repeated.add(row.step)

    def _unanswered(self, makes: str, operation: str) -> OutboundCall | None:
        """The unanswered call of another entity's ended sync that creates the same counterpart."""
        if not makes:
            return None
        values = {"makes": makes, "sync": self._sync.pk, "connection": self._sync.connection_id}
        for call in OutboundCall.objects.raw(_MAKING, values):
            if call.sync.settled_at is None:
                kind, _, entity_id = makes.partition(":")
                raise Retry(
                    f"Waits for {call.sync_id}, which is creating the {kind} {entity_id} at the provider. "
                    "It goes on by itself.",
                    after=1,
                )
            if call.operation == operation:
                return call
        return None

    def _take_over(self, older: OutboundCall, row: OutboundCall, params: Json, now: datetime) -> None:
        """Makes this sync repeat the other sync's call; the answer settles both."""
        self._note_repetition(older)
        self.repeats_older |= older.params != _plain(params)
        older.state, older.finished_at = CallState.REFUSED, now
        older.detail = f"No answer arrived. {self._sync.pk} repeats the call."
        with transaction.atomic():
            self._store(row, now)
            older.save(update_fields=["state", "finished_at", "detail"])

    def skip(self, step: str, reason: str, now: datetime) -> None:
        """Records that a step was not needed."""
        if step not in self._known:
            row = OutboundCall(sync=self._sync, step=step, state=CallState.SKIPPED, detail=reason)
            row.started_at = row.finished_at = now
            self._store(row, now)
            self._known[step] = row

    def refuse(self, call: OutboundCall, detail: str, now: datetime) -> None:
        """Records a refusal; a later call for this step is a new intent under a new key."""
        call.state, call.detail, call.finished_at = CallState.REFUSED, detail, now
        with transaction.atomic():
            leases.extend(self._sync, now)
            call.save(update_fields=["state", "detail", "finished_at"])
        self._known.pop(call.step, None)
        self._refused.append(call.step)

    def withdraw(self, call: OutboundCall, now: datetime) -> None:
        """Records that the provider did not do the call, so that a new attempt is no repetition of it."""
        if not self.is_repeated(call.step):
            call.key_used_at = None
            with transaction.atomic():
                leases.extend(self._sync, now)
                call.save(update_fields=["key_used_at"])

    def _key(self, step: str) -> str:
        """At most 155 characters; the same for each repetition, another after each refusal and recovery."""
        mark = self._sync.connection.recovery_mark
        return f"flexsync-{self._sync.id}-{step}-{self._refused.count(step)}{mark and f'-{mark}'}"


def _plain(params: Json) -> dict[str, Any]:
    """``params`` as the database returns them, so that both can be compared."""
    plain: dict[str, Any] = json.loads(json.dumps(params))
    return plain


def _of_entity(sync: OutboundSync) -> list[OutboundCall]:
    """The calls of this sync, and the unanswered ones of the entity's syncs that have ended."""
    values = {"sync": sync.pk, "action": sync.action, "connection": sync.connection_id}
    values |= {"kind": sync.entity_type, "entity": sync.entity_id}
    with database.cursor() as cursor:
        cursor.execute(_OF_ENTITY, values)
        return [_OF_CALL.read(row) for row in cursor.fetchall()]
