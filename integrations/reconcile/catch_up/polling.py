"""Polls the provider's list of events in bounded slices; each page is stored together with its cursor."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations.db.leases import LeaseLost
from integrations.errors import Missing, SyncError, Throttled
from integrations.gateway.guarded import GuardedGateway
from integrations.models import EventPoll
from integrations.models.outbound import Priority
from integrations.provider_api import EventList, registry
from integrations.queue import dispatch, inbox_wakeup
from integrations.reconcile.catch_up import beginnings, endpoint, gaps, leases
from integrations.webhooks import event_store

# How long a slice may take before the worker has its next message.
SLICE_SECONDS = 20.0
# A younger event's webhook is probably on its way: the next poll takes what has not come by then.
GRACE = timedelta(seconds=60)
# Until a poll that failed is tried again, doubled up to the usual interval.
FIRST_WAIT_SECONDS = 10.0

Clock = Callable[[], datetime]
log = structlog.get_logger(__name__)


def notify_due(now: datetime, send: Callable[..., bool] = dispatch.send) -> int:
    """Notifies workers of the connections that are due; returns how many."""
    if not settings.EVENT_POLL_SECONDS:
        return 0
    return sum(
        send(dispatch.POLL_EVENTS, connection.pk, priority=Priority.SYNC)
        for connection in leases.due(now)
        if _event_list(connection.provider)
    )


def poll(connection_id: str, clock: Clock = timezone.now, *, seconds: float = SLICE_SECONDS) -> bool:
    """One slice of a poll, unless it is not due or a worker does it; returns whether the next may follow.

    Continues where the last one ended, whichever way that was.
    """
    row = leases.take(connection_id, clock())
    if row is None:
        return False
    found = _event_list(row.connection.provider)
    if found is None:
        leases.release(row)
        return False
    try:
        return _Slice(row, found, clock).run(seconds)
    except LeaseLost:
        return False
    except SyncError as failure:
        _failed(row, failure, clock())
        return False


def request(connection_id: str, now: datetime) -> None:
    """Lets the connection be polled at once, by a worker; a poll under way goes on."""
    EventPoll.objects.filter(pk=connection_id).update(next_at=now)
    dispatch.notify(dispatch.POLL_EVENTS, connection_id, priority=Priority.PERSON)


def overlap(found: EventList) -> timedelta:
    """How far behind the newest event known the next pass begins: what is late in the list is found then."""
    return max(found.late + GRACE, timedelta(seconds=settings.EVENT_POLL_OVERLAP_SECONDS))


def _event_list(provider: str) -> EventList | None:
    found = registry.providers().get(provider)
    return found.event_list if found else None


def _failed(row: EventPoll, failure: SyncError, now: datetime) -> None:
    failures = row.failures + 1
    wait = min(settings.EVENT_POLL_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(failures - 1, 10))
    reason = row.connection.masked(str(failure))
    log.warning("event_poll_failed", connection_id=row.pk, reason=reason)
    leases.release(row, failures=failures, last_error=reason, next_at=now + timedelta(seconds=wait))


class _Slice:
    """One worker's part of a pass, while it has the lease."""

    def __init__(self, row: EventPoll, events: EventList, clock: Clock) -> None:
        self._row, self._events, self._clock = row, events, clock
        self._connection = row.connection
        self._gateway = GuardedGateway(row.connection, Priority.BACKFILL, tolerant=True)

    def run(self, seconds: float) -> bool:
        """Makes call after call; returns whether the pass goes on when the time is over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if not self._step():
                    return False
            except Throttled as throttled:
                wait = throttled.after or 1.0
                if time.monotonic() + wait > deadline:
                    leases.release(self._row, next_at=self._clock() + timedelta(seconds=wait))
                    return False
                time.sleep(wait)
        leases.release(self._row)
        return True

    def _step(self) -> bool:
        """One call, and what follows of it; returns whether the pass goes on."""
        if self._row.since is None:
            self._begin()
        elif self._row.types_left:
            self._read_page()
        else:
            self._end()
            return False
        return True

    def _begin(self) -> None:
        newest = self._events.newest(self._gateway)
        now, row = self._clock(), self._row
        begins = beginnings.of(row, self._connection)
        known = begins.seen_until
        # An event of a test clock may be of the future.
        until = max(known, min(newest, now)) if newest else known
        since = max(filter(None, (known - overlap(self._events), begins.earliest)))
        types = sorted(registry.provider(self._connection.provider).routes)
        with transaction.atomic():
            leases.write(row, now, began_at=now, since=since, until=until, types_left=types, cursor="")
            if now - begins.covered_at > self._events.kept:
                gaps.notice(self._connection, begins.covered_at, now)

    def _read_page(self) -> None:
        row, types = self._row, self._row.types_left[: self._events.most_types]
        assert row.since is not None
        try:
            page = self._events.page(self._gateway, types=types, since=row.since, cursor=row.cursor)
        except Missing:
            if not row.cursor:
                raise
            # The event at which the last page ended is too old for the list by now.
            leases.write(row, self._clock(), cursor="")
            return
        for reason in page.unreadable:
            log.error("listed_event_unreadable", connection_id=row.pk, reason=reason)
        now = self._clock()
        left = row.types_left if page.cursor else row.types_left[len(types) :]
        old_enough = [event for event in page.events if event.created <= now - GRACE]
        with transaction.atomic():
            leases.write(row, now, types_left=left, cursor=page.cursor)
            if stored := event_store.insert_polled(row.pk, old_enough, now):
                leases.write(row, now, missed=stored)
                inbox_wakeup.notify()

    def _end(self) -> None:
        row, now = self._row, self._clock()
        endpoint.check(self._connection, self._gateway, now)
        gaps.follow(self._connection, now)
        next_at = now + timedelta(seconds=settings.EVENT_POLL_SECONDS)
        leases.write(
            row, now, seen_until=row.until, covered_at=row.began_at, polled_at=now, next_at=next_at,
            began_at=None, since=None, until=None, failures=0, last_error="",
        )  # fmt: skip
        leases.release(row)
