"""Whether a connection works: found out by its calls, shown to operators, and tried again in growing pauses."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from integrations.gateway import rate_limiter
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.models.inbound import InboundState
from integrations.models.outbound import OPEN_STATES
from integrations.queue import dispatch

# Calls in a row, of whichever worker, that find the provider down before it is taken to be down.
MOST_FAILURES = 5
# Seconds until a broken connection is tried again, doubled each time in vain.
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
# What breaks again sooner than this goes on with the pauses it had: it was not really mended.
CALM = timedelta(minutes=10)

log = structlog.get_logger(__name__)


def count_failure(connection: Connection, reason: str) -> None:
    """One more call found the provider down: after some of them in a row the connection is broken."""
    if rate_limiter.failed(connection) >= MOST_FAILURES:
        break_connection(connection, reason)


def break_connection(connection: Connection, reason: str) -> None:
    """Marks an active connection as broken, without its secrets in ``reason``; its work waits until it is mended."""
    now = timezone.now()
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        if row.status != ConnectionStatus.ACTIVE:
            return
        if now - row.status_since > CALM:
            row.failed_probes = 0
        row.next_probe_at = now + _pause(row)
        _become(row, ConnectionStatus.BROKEN, connection.masked(reason), now)
    log.error("connection_broken", connection_id=row.pk, reason=row.status_reason)


def is_broken(connection: Connection) -> bool:
    """Whether it is broken by now."""
    return Connection.objects.filter(pk=connection.pk, status=ConnectionStatus.BROKEN).exists()


def take_probe(connection_id: str, now: datetime) -> Connection | None:
    """The broken connection whose turn it is to be tried, for one worker only; None when it is not.

    The next one is due later than this, if this one should be in vain or its worker die.
    """
    with transaction.atomic():
        due = Connection.objects.filter(
            pk=connection_id, status=ConnectionStatus.BROKEN, next_probe_at__lte=now
        )
        row = due.select_for_update(skip_locked=True).first()
        if row is not None:
            row.failed_probes += 1
            row.next_probe_at = now + _pause(row)
            row.save(update_fields=["failed_probes", "next_probe_at", "updated_at"])
    return row


def try_soon(connection: Connection, now: datetime) -> None:
    """Something was mended by a person (a new key): a broken connection is tried at once, inside their transaction."""
    broken = Connection.objects.filter(pk=connection.pk, status=ConnectionStatus.BROKEN)
    if broken.update(next_probe_at=now, failed_probes=0):
        dispatch.notify(dispatch.PROBE, connection.pk)


def still_broken(connection: Connection, reason: str) -> None:
    """A probe was in vain: the newest reason is shown."""
    Connection.objects.filter(pk=connection.pk, status=ConnectionStatus.BROKEN).update(
        status_reason=connection.masked(reason)[:500]
    )


def mend(connection_id: str) -> None:
    """A probe came through: the work of a broken connection goes on."""
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection_id)
        if row.status == ConnectionStatus.BROKEN:
            let_work_go_on(row)
            log.info("connection_mended", connection_id=row.pk)


def pause(row: Connection, reason: str) -> None:
    """Makes both ways wait for a person, inside the caller's transaction."""
    _become(row, ConnectionStatus.PAUSED, reason, timezone.now())


def let_work_go_on(row: Connection) -> None:
    """Makes the connection active, inside the caller's transaction."""
    rate_limiter.worked(row)
    _become(row, ConnectionStatus.ACTIVE, "", timezone.now())
    # What waited was nudged in vain: the sweep need not wait to see whether a worker follows.
    row.outbound_syncs.filter(state__in=OPEN_STATES).update(nudged_at=None)
    row.inbound_events.filter(state=InboundState.PENDING).update(nudged_at=None)
    dispatch.notify(dispatch.SWEEP)


def _become(row: Connection, status: ConnectionStatus, reason: str, now: datetime) -> None:
    if status != ConnectionStatus.BROKEN:
        row.next_probe_at = None
    row.status, row.status_reason, row.status_since = status, reason[:500], now
    row.save(
        update_fields=[
            "status", "status_reason", "status_since", "next_probe_at", "failed_probes", "updated_at"
        ]
    )  # fmt: skip


def _pause(row: Connection) -> timedelta:
    return timedelta(seconds=min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(row.failed_probes, 10)))
