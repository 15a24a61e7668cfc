"""The outbox's rows: what a provider must hear of is written with the change itself, and may be retried or cancelled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.events import Change, Kind
from integrations.errors import Rejected
from integrations.models import OutboundSync
from integrations.models.outbound import CallState, Priority, SyncAction, SyncState
from integrations.outbox import outcomes


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
    outcomes.notify(sync)
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
    waiting = outcomes.earlier(sync).exclude(leased_until__gt=now)
    for earlier in waiting.select_for_update(skip_locked=True):
        _hurry(earlier, priority)
        outcomes.notify(outcomes.open_again(earlier, now))
    return sync


def _hurry(sync: OutboundSync, priority: Priority) -> None:
    if priority < sync.priority:
        sync.priority = priority
        sync.save(update_fields=["priority"])


def summary(sync_id: str) -> dict[str, Any]:
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
        sync = outcomes.open_again(sync, now)
        _hurry(sync, Priority.PERSON)
        outcomes.notify(sync)
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
        outcomes.notify(outcomes.open_again(row, now))


def cancel(sync_id: str, now: datetime) -> OutboundSync:
    """Takes a push back that nobody works on at the moment. Raises Rejected for one that runs or is settled."""
    with transaction.atomic():
        sync = OutboundSync.objects.select_for_update().get(pk=sync_id)
        if sync.settled_at is not None:
            raise Rejected(f"It is {sync.state} already.")
        if sync.leased_until is not None and sync.leased_until > now:
            raise Rejected("A worker is sending it right now. Wait for its end.")
        outcomes.close(sync, SyncState.CANCELLED, now)
    return sync
