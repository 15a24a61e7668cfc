"""The rows of the outbox: staged in the transaction of a change, requested, retried and cancelled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.events import Change, Kind
from integrations.db.raw_rows import Columns
from integrations.errors import Rejected
from integrations.models import OutboundSync
from integrations.models.outbound import CallState, Priority, SyncAction, SyncState
from integrations.outbox import obstacles, outcomes, same_email, turns

_STAGED = Columns(OutboundSync, "staged")
# One statement, because each change takes it for each connection.
_STAGE = f"""
INSERT INTO {OutboundSync._meta.db_table} AS staged (
    id, connection_id, entity_type, entity_id, action, state, turn, started_by, priority, step, attempts,
    lease_holder, last_error, waits_for, next_attempt_at, nudged_at, created_at
) VALUES (
    %(id)s, %(connection)s, %(kind)s, %(entity)s, %(action)s, '{SyncState.PENDING}', %(turn)s, %(started_by)s,
    %(priority)s, '', 0, '', '', '', %(now)s, %(now)s, %(created)s
)
ON CONFLICT (connection_id, entity_type, entity_id, action) WHERE state = '{SyncState.PENDING}'
DO UPDATE SET priority = least(staged.priority, excluded.priority)
RETURNING {_STAGED.sql}
"""


def stage(
    *,
    connection_id: str,
    kind: Kind,
    entity_id: str,
    started_by: str = "",
    action: SyncAction = SyncAction.PUSH,
    priority: Priority = Priority.SYNC,
    now: datetime | None = None,
) -> OutboundSync:
    """Requests a push of the entity, inside the transaction that changed it; joins one that has not begun.

    The joined row stays locked until the change is committed: a worker cannot begin a push that misses it. It
    keeps the more urgent ``priority`` of both.
    """
    now = now or timezone.now()
    values = {
        "id": OutboundSync._meta.pk.get_default(),
        "connection": connection_id,
        "kind": kind,
        "entity": entity_id,
        "action": action,
        "turn": turns.turn_of(kind, entity_id, action),
        "started_by": started_by,
        "priority": priority,
        "now": now,
        "created": timezone.now(),
    }
    with database.cursor() as cursor:
        cursor.execute(_STAGE, values)
        sync = _STAGED.read(cursor.fetchone())
    outcomes.notify(sync)
    return sync


@transaction.atomic(savepoint=False)
def request(
    *,
    connection_id: str,
    kind: Kind,
    entity_id: str,
    started_by: str,
    action: SyncAction = SyncAction.PUSH,
    priority: Priority = Priority.PERSON,
) -> OutboundSync:
    """``stage`` for a request: whatever has the turn, and waits for its next attempt, is tried at once."""
    now = timezone.now()
    sync = stage(
        connection_id=connection_id,
        kind=kind,
        entity_id=entity_id,
        started_by=started_by,
        action=action,
        priority=priority,
        now=now,
    )
    waiting = turns.earlier(sync).exclude(leased_until__gt=now)
    for earlier in waiting.select_for_update(skip_locked=True):
        _raise_priority(earlier, priority)
        outcomes.notify(outcomes.reopen(earlier, now))
    return sync


def _raise_priority(sync: OutboundSync, priority: Priority) -> None:
    if priority < sync.priority:
        sync.priority = priority
        sync.save(update_fields=["priority"])


def summary(sync_id: str) -> dict[str, Any]:
    """The row in a few words, as a task's result keeps it."""
    sync = OutboundSync.objects.get(pk=sync_id)
    outcome = {"state": sync.state, "attempts": sync.attempts, "last_error": sync.last_error}
    return {"sync": sync.pk, sync.entity_type: sync.entity_id, "started_by": sync.started_by, **outcome}


def retry(sync_id: str, now: datetime) -> OutboundSync:
    """Lets a blocked, dead or cancelled push continue where it stopped; a waiting one is tried at once.

    Returns the row that will do it: a newer one when the entity has it already. Raises Rejected for one that
    is done, and for a checkout, whose caller is gone.
    """
    with transaction.atomic():
        sync = OutboundSync.objects.select_for_update().get(pk=sync_id)
        if sync.action in (SyncAction.CHECKOUT, SyncAction.LOOK):
            raise Rejected(
                f"A {sync.action} cannot be retried, because its caller is gone. Ask for a new one for the invoice."
            )
        if sync.state == SyncState.DONE:
            raise Rejected("This sync is done. To send the entity again, request a new sync of it.")
        same_email.retried(sync)
        sync = outcomes.reopen(sync, now)
        _raise_priority(sync, Priority.PERSON)
        outcomes.notify(sync)
    return sync


def reconsider(connection_ids: Sequence[str], changes: Sequence[Change]) -> None:
    """Lets blocked pushes continue that wait for a changed entity, or whose refused call was about it.

    It may be correct now, or have what they lacked.

    Runs inside the transaction that makes the changes.
    """
    blocked = OutboundSync.objects.filter(
        connection_id__in=connection_ids, state=SyncState.BLOCKED, action=SyncAction.PUSH
    )
    now, makes = timezone.now(), [f"{change.kind}:{change.id}" for change in changes]
    refused = blocked.filter(calls__state=CallState.REFUSED, calls__makes__among=makes).values("pk")
    found = blocked.filter(Q(pk__in=refused) | Q(waits_for__among=obstacles.waits_for(makes))).order_by("pk")
    for row in found.select_for_update():
        outcomes.notify(outcomes.reopen(row, now))


def cancel(sync_id: str, now: datetime) -> OutboundSync:
    """Cancels a push that no worker is sending. Raises Rejected for one that is being sent or is settled."""
    with transaction.atomic():
        sync = OutboundSync.objects.select_for_update().get(pk=sync_id)
        if sync.settled_at is not None:
            raise Rejected(f"This sync is {sync.state} already, so it cannot be cancelled.")
        if sync.leased_until is not None and sync.leased_until > now:
            raise Rejected(
                "A worker is sending this sync right now. Wait until it ends, then look whether it must be cancelled."
            )
        outcomes.settle(sync, SyncState.CANCELLED, now)
    return sync
