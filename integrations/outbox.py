"""The outbox: what a provider must hear of is written with the change itself, and delivered later, once."""

from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.events import Change, Kind
from integrations import checkout, leases, registry, settling
from integrations.delivery import Delivery
from integrations.errors import Rejected, SyncError
from integrations.models import Connection, OutboundSync
from integrations.models.outbound import CallState, Priority, SyncAction, SyncState
from integrations.planning import PlannedCall, Planner

log = structlog.get_logger(__name__)


def stage(
    *,
    connection_id: str,
    kind: Kind,
    entity_id: str,
    started_by: str = "",
    priority: Priority = Priority.SYNC,
    now: datetime | None = None,
) -> OutboundSync:
    """Asks for a push of the entity, inside the transaction that changed it; joins one that has not begun.

    The joined row stays locked until the change is committed: a worker cannot begin a push that misses it. It keeps
    the more urgent ``priority`` of both.
    """
    now = now or timezone.now()
    for attempt in (1, 2, 3):
        try:
            sync, _created = OutboundSync.objects.select_for_update().get_or_create(
                connection_id=connection_id,
                entity_type=kind,
                entity_id=entity_id,
                state=SyncState.PENDING,
                defaults={
                    "started_by": started_by,
                    "priority": priority,
                    "next_attempt_at": now,
                    "nudged_at": now,
                },
            )
            break
        except IntegrityError:
            # The row that stood in our way was claimed before we could join it: another may be made now.
            if attempt == 3:
                raise
    _hurry(sync, priority)
    settling.nudge(sync)
    return sync


def request(
    *,
    connection_id: str,
    kind: Kind,
    entity_id: str,
    started_by: str,
    priority: Priority = Priority.PERSON,
) -> OutboundSync:
    """``stage`` for a person who asks: an earlier push that waits for its next attempt is tried at once."""
    now = timezone.now()
    sync = stage(
        connection_id=connection_id,
        kind=kind,
        entity_id=entity_id,
        started_by=started_by,
        priority=priority,
        now=now,
    )
    waiting = settling.earlier(sync).exclude(leased_until__gt=now)
    for earlier in waiting.select_for_update(skip_locked=True):
        _hurry(earlier, priority)
        settling.nudge(settling.open_again(earlier, now))
    return sync


def _hurry(sync: OutboundSync, priority: Priority) -> None:
    if priority < sync.priority:
        sync.priority = priority
        sync.save(update_fields=["priority"])


def deliver(sync_id: str, *, now: datetime) -> None:
    """Claims the row and runs its push outside any transaction; does nothing for a row that cannot be claimed.

    What goes wrong is recorded in the row: see settling.failed.
    """
    sync = leases.claim(sync_id, now)
    if sync is not None:
        _run(sync, now)


def deliver_due_beside(sync_id: str, *, seconds: float) -> None:
    """Delivers what else is due at the row's connection, for so long or until one fails.

    Finding the next row costs a worker less than the broker's next message does.
    """
    # Not as a subquery of the claim: PostgreSQL would not know how few of all due rows are this connection's.
    connection_id = (
        OutboundSync.objects.filter(pk=sync_id).order_by().values_list("connection_id", flat=True).first()
    )
    ends = monotonic() + seconds
    while connection_id is not None and monotonic() < ends:
        now = timezone.now()
        sync = leases.claim_next(connection_id, now)
        if sync is None or not _run(sync, now):
            break


def _run(sync: OutboundSync, now: datetime) -> bool:
    """Runs the push of a claimed row; answers whether it came through."""
    clock = leases.clock(now)
    try:
        if sync.action == SyncAction.CHECKOUT:
            checkout.close_abandoned(sync, now)
            return False
        delivery = Delivery(sync, clock)
        registry.push(sync.connection.provider, Kind(sync.entity_type)).push(delivery)
        settling.done(sync, clock(), again=delivery.calls.repeats_older)
        return True
    except leases.LeaseLost:
        log.warning("lease_lost", sync_id=sync.id, holder=sync.lease_holder)
    except SyncError as failure:
        settling.failed(sync, failure, clock())
    except Exception as failure:
        log.exception("push_failed", sync_id=sync.id)
        settling.failed(sync, failure, clock())
    return False


def deliver_here(sync_id: str) -> None:
    """Delivers the row in this process, and before it what has to come before it."""
    sync = OutboundSync.objects.get(pk=sync_id)
    for row_id in [*settling.earlier(sync).values_list("pk", flat=True), sync_id]:
        deliver(row_id, now=timezone.now())


def plan(connection: Connection, kind: Kind, entity_id: str) -> list[PlannedCall]:
    """The calls that a push of the entity would make now; changes nothing. Raises Retry or Rejected as it would."""
    planner = Planner(connection, kind, entity_id)
    registry.push(connection.provider, kind).push(planner)
    return planner.calls


def told(sync_id: str) -> dict[str, Any]:
    """The row in a few words, as a task's result keeps it."""
    sync = OutboundSync.objects.get(pk=sync_id)
    said = {"state": sync.state, "attempts": sync.attempts, "last_error": sync.last_error}
    return {"sync": sync.pk, sync.entity_type: sync.entity_id, "started_by": sync.started_by, **said}


def retry(sync_id: str, now: datetime) -> OutboundSync:
    """Lets a blocked, dead or cancelled push begin again where it stopped; a waiting one is tried at once.

    Answers the row that will do it: a newer one when the entity has it already. Raises Rejected for one that is
    done, and for a checkout, whose caller is gone.
    """
    with transaction.atomic():
        sync = OutboundSync.objects.select_for_update().get(pk=sync_id)
        if sync.action == SyncAction.CHECKOUT:
            raise Rejected("A checkout cannot be tried again, since nobody waits for it. Open a new one.")
        if sync.state == SyncState.DONE:
            raise Rejected("It is done. Ask for a new sync of what it was about.")
        sync = settling.open_again(sync, now)
        _hurry(sync, Priority.PERSON)
        settling.nudge(sync)
    return sync


def reconsider(connection_ids: Sequence[str], changes: Sequence[Change]) -> None:
    """Lets pushes of these connections go on that were blocked because one of the ``changes`` was refused before it.

    Inside the transaction that makes the changes.
    """
    blocked = OutboundSync.objects.filter(
        connection_id__in=connection_ids, state=SyncState.BLOCKED, action=SyncAction.PUSH
    )
    # Most of the time nothing is, and there may be a thousand changes.
    if not connection_ids or not blocked.exists():
        return
    now, makes = timezone.now(), [f"{change.kind}:{change.id}" for change in changes]
    refused = blocked.filter(calls__state=CallState.REFUSED, calls__makes__among=makes)
    for row in OutboundSync.objects.filter(pk__in=refused.values("pk")).select_for_update():
        settling.nudge(settling.open_again(row, now))


def cancel(sync_id: str, now: datetime) -> OutboundSync:
    """Takes a push back that nobody works on at the moment. Raises Rejected for one that runs or is settled."""
    with transaction.atomic():
        sync = OutboundSync.objects.select_for_update().get(pk=sync_id)
        if sync.settled_at is not None:
            raise Rejected(f"It is {sync.state} already.")
        if sync.leased_until is not None and sync.leased_until > now:
            raise Rejected("A worker is sending it right now. Wait for its end.")
        settling.close(sync, SyncState.CANCELLED, now)
    return sync
