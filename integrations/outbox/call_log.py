"""The recorded calls of one push: each is stored with its key and exact parameters before it is made."""

import json
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db import transaction

from billing.events import Kind
from integrations.db.raw_rows import Columns
from integrations.errors import Retry
from integrations.models import OutboundCall, OutboundSync
from integrations.models.outbound import CallState, SyncState
from integrations.outbox import call_log_sql, leases
from integrations.provider_api import Json

_OF_CALL = Columns(OutboundCall, "call")
_OF_ENTITY = f"""
SELECT {_OF_CALL.sql} FROM {OutboundCall._meta.db_table} call JOIN {OutboundSync._meta.db_table} sync ON sync.id = call.sync_id
WHERE sync.connection_id = %(connection)s AND sync.entity_type = %(kind)s AND sync.entity_id = %(entity)s
    AND (sync.id = %(sync)s OR call.state = '{CallState.CALLING}' AND sync.action = %(action)s
        AND sync.state IN ('{SyncState.DEAD}', '{SyncState.BLOCKED}', '{SyncState.CANCELLED}'))
ORDER BY call.id
"""
_MAKING = f"""
SELECT call.* FROM {OutboundCall._meta.db_table} call JOIN {OutboundSync._meta.db_table} sync ON sync.id = call.sync_id
WHERE call.makes = %(makes)s AND call.state = '{CallState.CALLING}' AND sync.connection_id = %(connection)s
    AND sync.id <> %(sync)s
ORDER BY call.id
"""


class Calls:
    """What earlier attempts at one sync left behind, by step. Whatever is written raises LeaseLost from who lost it."""

    def __init__(self, sync: OutboundSync) -> None:
        self._sync = sync
        found = _of_entity(sync)
        rows = [row for row in found if row.sync_id == sync.pk]
        self._refused = [row.step for row in rows if row.state == CallState.REFUSED]
        self._known = {row.step: row for row in rows if row.state != CallState.REFUSED}
        # Of given-up pushes, calls whose outcome nobody knows: repeated as they were, nothing doubles.
        others = [row for row in found if row.sync_id != sync.pk]
        self._inherited = {(row.step, row.operation, row.target): row for row in others}
        self._repeated: set[str] = set()
        self.repeats_older = False

    def answer(self, step: str) -> Json | None:
        """What the step was answered, None when it is not done."""
        row = self._known.get(step)
        return row.answer if row is not None and row.state == CallState.DONE else None

    def is_open(self, step: str) -> bool:
        """Whether the step was begun and its answer never came."""
        row = self._known.get(step)
        return row is not None and row.state == CallState.CALLING

    def is_repeated(self, step: str) -> bool:
        """Whether an earlier attempt may have made the step's call already, and its answer was lost."""
        return step in self._repeated

    def is_unsure(self, target: str, besides: str) -> bool:
        """Whether a call to ``target`` of another step was begun, also by a given-up push, and never answered."""
        begun = {step for step, row in self._known.items() if row.target == target and self.is_open(step)}
        inherited = {step for step, _operation, of in self._inherited if of == target}
        return bool((begun | inherited) - {besides})

    def begin_making(
        self, step: str, operation: str, params: Json, link: tuple[Kind, str], now: datetime
    ) -> OutboundCall | None:
        """``begin`` for what becomes the twin of ``link``; None when it may be there already, or under way.

        Nobody else begins to make it meanwhile.
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
        self, step: str, operation: str, params: Json, target: str, makes: str, now: datetime
    ) -> OutboundCall:
        """The call to make: a stored one whose answer never came, as it was, or else a new one.

        ``makes`` names what the answer becomes the twin of, "" for nothing. Raises Retry while another push makes it.
        """
        if self.is_open(step):
            return self._again(self._known[step], params, now)
        older = self._inherited.pop((step, operation, target), None) or self._rival(makes, operation)
        row = self._known.get(step) or OutboundCall(sync=self._sync, step=step)
        row.operation, row.target, row.makes, row.started_at = operation, target, makes, now
        row.params = older.params if older else _plain(params)
        row.idempotency_key = older.idempotency_key if older else self._key(step)
        row.key_used_at = older.key_used_at if older else now
        row.state, row.detail, row.finished_at = CallState.CALLING, "", None
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
        # A step that was not needed the last time.
        with transaction.atomic():
            leases.extend(self._sync, now)
            row.save()

    def _again(self, row: OutboundCall, params: Json, now: datetime) -> OutboundCall:
        """The call as it was: what is wanted by now follows as the next push."""
        self._repeated.add(row.step)
        self.repeats_older |= row.params != _plain(params)
        row.started_at = now
        with transaction.atomic():
            leases.extend(self._sync, now)
            row.save(update_fields=["started_at"])
        return row

    def _rival(self, makes: str, operation: str) -> OutboundCall | None:
        """What a given-up push of another entity left unanswered about the same twin."""
        if not makes:
            return None
        given = {"makes": makes, "sync": self._sync.pk, "connection": self._sync.connection_id}
        for call in OutboundCall.objects.raw(_MAKING, given):
            if call.sync.settled_at is None:
                raise Retry(f"Waits for {call.sync_id}, which is making the twin of {makes}.", after=1)
            if call.operation == operation:
                return call
        return None

    def _take_over(self, older: OutboundCall, row: OutboundCall, params: Json, now: datetime) -> None:
        """From here on this sync is the one that asks: what it learns settles both."""
        self._repeated.add(row.step)
        self.repeats_older |= older.params != _plain(params)
        older.state, older.finished_at = CallState.REFUSED, now
        older.detail = f"Its answer never came; {self._sync.pk} repeats it."
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
        """Records a refusal; what is sent for this step later is a new intent under a new key."""
        call.state, call.detail, call.finished_at = CallState.REFUSED, detail, now
        with transaction.atomic():
            leases.extend(self._sync, now)
            call.save(update_fields=["state", "detail", "finished_at"])
        self._known.pop(call.step, None)
        self._refused.append(call.step)

    def _key(self, step: str) -> str:
        """At most 140 characters; the same for each repetition, another after each refusal."""
        return f"flexsync-{self._sync.id}-{step}-{self._refused.count(step)}"


def _plain(params: Json) -> dict[str, Any]:
    """As the database gives it back, so that both can be compared."""
    plain: dict[str, Any] = json.loads(json.dumps(params))
    return plain


def _of_entity(sync: OutboundSync) -> list[OutboundCall]:
    """The calls of this sync, and those of the entity's given-up ones that were never answered."""
    given = {"sync": sync.pk, "action": sync.action, "connection": sync.connection_id}
    given |= {"kind": sync.entity_type, "entity": sync.entity_id}
    with database.cursor() as cursor:
        cursor.execute(_OF_ENTITY, given)
        return [_OF_CALL.read(row) for row in cursor.fetchall()]
