"""Finds every row that is due and that no worker was told of, or whose worker died: the broker may lose anything."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from integrations.connections import health
from integrations.models import InboundEvent, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import bulk_syncs
from integrations.queue import dispatch

# Rows marked in one sweep and road; what is beyond comes with the next.
BATCH = 500

Send = Callable[..., bool]


def sweep(now: datetime, send: Send = dispatch.send) -> dict[str, int]:
    """Nudges due rows of both roads again, and due probes; answers how many. A sweep beside another finds other rows."""
    return {
        "probes": sum(send(dispatch.PROBE, connection_id) for connection_id in health.due(now)),
        "runs": sum(bulk_syncs.tell(run, send=send) for run in bulk_syncs.forgotten(now)),
        "inbox": _wake(InboundEvent.objects.due(now).filter(_forgotten(now)), now, send),
        "outbox": _notify(_due_syncs(now), now, send),
    }


def _due_syncs(now: datetime) -> QuerySet[OutboundSync]:
    """Open syncs that are due and that nobody holds, of active connections."""
    due = OutboundSync.objects.filter(
        _forgotten(now),
        state__in=OPEN_STATES,
        next_attempt_at__lte=now,
        connection__status=ConnectionStatus.ACTIVE,
    )
    return due.exclude(leased_until__gt=now).order_by("priority", "next_attempt_at")


def _forgotten(now: datetime) -> Q:
    return Q(nudged_at__isnull=True) | Q(nudged_at__lte=dispatch.lost_before(now))


def _wake(due: QuerySet[InboundEvent], now: datetime, send: Send) -> int:
    """One message for all of them: whoever gets it takes everything that is due."""
    ids = _marked(due, now, BATCH)
    return len(ids) if ids and send(dispatch.PROCESS_INBOX) else 0


def _notify(due: QuerySet[OutboundSync], now: datetime, send: Send) -> int:
    """Stops at the first nudge that the broker does not take."""
    told = 0
    # What waits in a long queue is not lost: telling of it again would make the queue longer still.
    marked = _marked(due, now, max(0, BATCH - dispatch.queued()))
    for sync_id, priority in OutboundSync.objects.filter(pk__in=marked).values_list("pk", "priority"):
        if not send(dispatch.DELIVER, sync_id, priority=priority):
            break
        told += 1
    return told


def _marked(due: QuerySet[InboundEvent] | QuerySet[OutboundSync], now: datetime, most: int) -> list[str]:
    """One batch, marked as told of."""
    with transaction.atomic():
        ids = list(due.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:most])
        due.model._default_manager.filter(pk__in=ids).update(nudged_at=now)
    return ids
