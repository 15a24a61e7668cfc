"""Finds every due row that no worker knows of, or whose worker died: the broker may lose any message."""

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

# Rows taken in one sweep from the inbox and from the outbox; the next sweep takes more.
BATCH = 500

Send = Callable[..., bool]


def sweep(now: datetime, send: Send = dispatch.send) -> dict[str, int]:
    """Notifies workers of due probes, stalled runs and due rows; returns how many."""
    return {
        "probes": sum(send(dispatch.PROBE, connection_id) for connection_id in health.due(now)),
        "runs": sum(bulk_syncs.notify(run, send=send) for run in bulk_syncs.stalled(now)),
        "inbox": _notify_of_events(InboundEvent.objects.due(now).filter(_not_notified(now)), now, send),
        "outbox": _notify_of_syncs(_due_syncs(now), now, send),
    }


def _due_syncs(now: datetime) -> QuerySet[OutboundSync]:
    """Open syncs that are due and not leased, of active connections."""
    due = OutboundSync.objects.filter(
        _not_notified(now),
        state__in=OPEN_STATES,
        next_attempt_at__lte=now,
        connection__status=ConnectionStatus.ACTIVE,
        connection__recovering_since=None,
    )
    return due.exclude(leased_until__gt=now).order_by("priority", "next_attempt_at")


def _not_notified(now: datetime) -> Q:
    return Q(nudged_at__isnull=True) | Q(nudged_at__lte=dispatch.lost_before(now))


def _notify_of_events(due: QuerySet[InboundEvent], now: datetime, send: Send) -> int:
    """Sends one message for all events: the worker that gets it takes all that are due."""
    ids = _marked(due, now, BATCH)
    return len(ids) if ids and send(dispatch.PROCESS_INBOX) else 0


def _notify_of_syncs(due: QuerySet[OutboundSync], now: datetime, send: Send) -> int:
    """Stops at the first message that the broker does not take."""
    sent = 0
    # Messages that wait in a long queue are not lost: sending them again would only make the queue longer.
    marked = _marked(due, now, max(0, BATCH - dispatch.queued()))
    for sync_id, priority in OutboundSync.objects.filter(pk__in=marked).values_list("pk", "priority"):
        if not send(dispatch.DELIVER, sync_id, priority=priority):
            break
        sent += 1
    return sent


def _marked(due: QuerySet[InboundEvent] | QuerySet[OutboundSync], now: datetime, most: int) -> list[str]:
    """The ids of one batch of rows, marked as notified."""
    with transaction.atomic():
        ids = list(due.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:most])
        due.model._default_manager.filter(pk__in=ids).update(nudged_at=now)
    return ids
