"""How an attempt at a push ends: done, tried again later, blocked until an operator acts, or dead."""

from datetime import datetime, timedelta

import structlog
from django.db import connection as database
from django.db import transaction
from django.db.models import QuerySet

from integrations.db.leases import LeaseLost
from integrations.errors import Rejected, Retry, SyncError, Throttled, UnderWay, Unreachable
from integrations.gateway import circuit_breaker
from integrations.gateway.backoff import next_attempt
from integrations.models import Connection, OutboundSync
from integrations.models.outbound import OPEN_STATES, SyncAction, SyncState
from integrations.outbox import leases
from integrations.outbox.turns import same_turn
from integrations.queue import dispatch

# Waits begin with 5 seconds and double, up to an hour: 12 attempts take about two and a half hours.
FIRST_WAIT_SECONDS, MAX_ATTEMPTS = 5.0, 12

# What the end of an attempt changes. Not the priority: a request may have raised it since the row was read.
_ATTEMPT_FIELDS = (
    "state", "settled_at", "attempts", "next_attempt_at", "nudged_at", "leased_until", "lease_holder", "last_error",
    "waits_for",
)  # fmt: skip

_SYNCS = OutboundSync._meta.db_table
_SAME_TURN = (
    "other.connection_id = settled.connection_id AND other.turn = settled.turn AND other.id <> settled.id"
)
_SAME_ENTITY = """other.connection_id = settled.connection_id AND other.entity_type = settled.entity_type
    AND other.entity_id = settled.entity_id AND other.id <> settled.id"""
# One statement, because each push ends with it; returns the pushes that wait, NULL when none does.
_DONE = f"""
WITH settled AS (
    UPDATE {_SYNCS} SET state = '{SyncState.DONE}', settled_at = %(now)s, step = %(step)s, last_error = '', waits_for = '',
        next_attempt_at = NULL, leased_until = NULL, lease_holder = ''
    WHERE {leases.GUARD}
    RETURNING id, connection_id, entity_type, entity_id, turn, action, created_at
), superseded AS (
    UPDATE {_SYNCS} other SET state = '{SyncState.CANCELLED}',
        last_error = settled.id || ' succeeded later, so nothing is left to do. This sync had ended with: ' || other.last_error
    FROM settled WHERE {_SAME_ENTITY} AND other.action = settled.action
        AND other.state IN ('{SyncState.BLOCKED}', '{SyncState.DEAD}') AND other.created_at < settled.created_at
)
SELECT other.id FROM settled LEFT JOIN {_SYNCS} other ON {_SAME_TURN} AND other.state = '{SyncState.PENDING}'
"""

log = structlog.get_logger(__name__)


def done(sync: OutboundSync, now: datetime, *, push_again: bool = False) -> None:
    """Settles a push that succeeded. ``push_again``: it repeated an older call, so newer state has to follow.

    The pushes that waited for this one begin. Older pushes of the entity that were blocked or dead are
    cancelled, because nothing is left to do about them.
    """
    if push_again and sync.action == SyncAction.PUSH:
        with transaction.atomic():
            OutboundSync.objects.bulk_create([_successor(sync, now)], ignore_conflicts=True)
            _mark_done(sync, now)
    else:
        _mark_done(sync, now)


def _mark_done(sync: OutboundSync, now: datetime) -> None:
    with database.cursor() as cursor:
        cursor.execute(_DONE, leases.guard_of(sync) | {"now": now, "step": sync.step})
        found = cursor.fetchall()
    if not found:
        raise LeaseLost(sync.pk)
    for (waiting,) in found:
        if waiting is not None:
            notify(OutboundSync.objects.get(pk=waiting))


def failed(sync: OutboundSync, failure: Exception, now: datetime, *, final: bool = False) -> None:
    """Records why an attempt failed and what follows; nothing when another worker has the row by now.

    Retry and unexpected errors: tried again later, until attempts run out. Rejected: blocked. Failures of the
    connection (broken, or too many calls), and what is under way: the row waits, and the attempt does not
    count. ``final``: no other attempt follows, because the caller does not wait for it.
    """
    try:
        with transaction.atomic():
            leases.extend(sync, now)
            _record(sync, failure, now, final)
    except LeaseLost:
        log.warning("lease_lost", sync_id=sync.id, holder=sync.lease_holder)


def _record(sync: OutboundSync, failure: Exception, now: datetime, final: bool) -> None:
    sync.last_error = sync.connection.masked(_reason(failure))
    sync.waits_for = failure.waits_for if isinstance(failure, SyncError) else ""
    after = failure.after if isinstance(failure, Retry) else None
    if final:
        settle(sync, SyncState.DEAD, now)
    elif isinstance(failure, UnderWay) or _is_connection_failure(sync.connection, failure):
        sync.attempts -= 1
        _release(sync, now + timedelta(seconds=after or 0))
    elif isinstance(failure, Rejected):
        settle(sync, SyncState.BLOCKED, now)
    elif sync.attempts >= MAX_ATTEMPTS:
        settle(sync, SyncState.DEAD, now)
    else:
        _release(sync, next_attempt(now, sync.attempts, first=FIRST_WAIT_SECONDS, after=after))


def refused(sync: OutboundSync, reason: str, now: datetime) -> None:
    """Settles what was not to be done after all, without that being a failure."""
    try:
        with transaction.atomic():
            leases.extend(sync, now)
            sync.last_error = reason
            settle(sync, SyncState.CANCELLED, now)
    except LeaseLost:
        log.warning("lease_lost", sync_id=sync.id, holder=sync.lease_holder)


def settle(sync: OutboundSync, state: SyncState, now: datetime) -> None:
    """Settles the row, and lets the push that was requested meanwhile begin."""
    sync.state, sync.settled_at, sync.next_attempt_at = state, now, None
    sync.leased_until, sync.lease_holder = None, ""
    sync.save(update_fields=_ATTEMPT_FIELDS)
    notify_successor(sync)


def reopen(sync: OutboundSync, now: datetime) -> OutboundSync:
    """Makes a settled row pending, or a waiting one due; returns the entity's open row if it has another."""
    if sync.settled_at is not None:
        other = same_entity(sync).filter(action=sync.action, state__in=OPEN_STATES).first()
        if other is not None:
            return other
        sync.state, sync.settled_at, sync.attempts, sync.waits_for = SyncState.PENDING, None, 0, ""
    sync.next_attempt_at = sync.nudged_at = now
    sync.save(update_fields=["state", "settled_at", "attempts", "waits_for", "next_attempt_at", "nudged_at"])
    return sync


def _is_connection_failure(connection: Connection, failure: Exception) -> bool:
    """Whether any other row of the connection would have failed as well."""
    if isinstance(failure, Rejected):
        return failure.connection_is_broken
    return isinstance(failure, Throttled) or (
        isinstance(failure, Unreachable) and circuit_breaker.is_broken(connection)
    )


def same_entity(sync: OutboundSync) -> QuerySet[OutboundSync]:
    """The other rows of the same entity and connection."""
    return OutboundSync.objects.filter(
        connection_id=sync.connection_id, entity_type=sync.entity_type, entity_id=sync.entity_id
    ).exclude(pk=sync.pk)


def notify_successor(sync: OutboundSync) -> None:
    """Notifies a worker of the pushes that waited for this one."""
    for waiting in same_turn(sync).filter(state=SyncState.PENDING):
        notify(waiting)


def notify(sync: OutboundSync) -> None:
    """Notifies a worker of the row once the transaction is committed.

    A sync that was requested leaves a task result under its id, which says who started it and how it ended.
    """
    options = {"task_id": sync.pk, "ignore_result": False} if sync.started_by else {}
    dispatch.notify(dispatch.DELIVER, sync.pk, priority=sync.priority, **options)


def _successor(sync: OutboundSync, now: datetime) -> OutboundSync:
    return OutboundSync(
        connection_id=sync.connection_id,
        entity_type=sync.entity_type,
        entity_id=sync.entity_id,
        turn=sync.turn,
        started_by=sync.started_by,
        priority=sync.priority,
        next_attempt_at=now,
        nudged_at=now,
    )


def _release(sync: OutboundSync, due: datetime) -> None:
    sync.leased_until, sync.lease_holder = None, ""
    sync.next_attempt_at, sync.nudged_at = due, None
    sync.save(update_fields=_ATTEMPT_FIELDS)


def _reason(failure: Exception) -> str:
    return str(failure) if isinstance(failure, SyncError) else f"{type(failure).__name__}: {failure}"
