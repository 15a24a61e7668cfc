"""Whether a connection works: calls find it broken, operators see why, probes find out when it recovers."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from billing.models.audit import AuditAction
from billing.persistence.audit import Noted, note_others
from integrations.gateway import rate_limiter
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.models.inbound import InboundState
from integrations.models.outbound import OPEN_STATES
from integrations.queue import dispatch

# Calls in a row, of all workers together, that find the provider down before the connection counts as broken.
MAX_FAILURES = 5
# Until a broken connection is tried again; doubled each time it fails again.
FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 5.0, 300.0
# A connection that breaks again sooner than this continues with the pauses it had: it had not really
# recovered.
STABLE_AFTER = timedelta(minutes=10)

log = structlog.get_logger(__name__)


def count_failure(connection: Connection, reason: str) -> None:
    """Counts a call that found the provider down; after some of them in a row the connection is broken."""
    if rate_limiter.count_failure(connection) >= MAX_FAILURES:
        break_connection(connection, reason)


def break_connection(connection: Connection, reason: str) -> None:
    """Marks an active connection as broken: its work waits. Operators see ``reason``, secrets masked."""
    now = timezone.now()
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        if row.status != ConnectionStatus.ACTIVE:
            return
        if now - row.status_since > STABLE_AFTER:
            row.failed_probes = 0
        row.next_probe_at = now + _pause(row)
        _set_status(row, ConnectionStatus.BROKEN, connection.masked(reason), now)
    log.error("connection_broken", connection_id=row.pk, reason=row.status_reason)


def is_broken(connection: Connection) -> bool:
    """Whether the connection is broken in the database, whatever ``connection`` says."""
    return Connection.objects.filter(pk=connection.pk, status=ConnectionStatus.BROKEN).exists()


def claim_probe(connection_id: str, now: datetime) -> Connection | None:
    """The broken connection whose probe is due, for one worker only; None when it is not due.

    The next probe is due later, in case this one fails or its worker dies.
    """
    with transaction.atomic():
        due = Connection.objects.filter(
            pk=connection_id, status=ConnectionStatus.BROKEN, next_probe_at__lte=now
        )
        row = due.select_for_update(skip_locked=True, no_key=True).first()
        if row is not None:
            row.failed_probes += 1
            row.next_probe_at = now + _pause(row)
            row.save(update_fields=["failed_probes", "next_probe_at", "updated_at"])
    return row


def probe_now(connection: Connection, now: datetime) -> None:
    """Probes a broken connection once the transaction is committed, such as after a change of its key."""
    broken = Connection.objects.filter(pk=connection.pk, status=ConnectionStatus.BROKEN)
    if broken.update(next_probe_at=now, failed_probes=0):
        dispatch.notify(dispatch.PROBE, connection.pk)


def record_failed_probe(connection: Connection, reason: str) -> None:
    """Shows the newest reason of a connection that is still broken."""
    Connection.objects.filter(pk=connection.pk, status=ConnectionStatus.BROKEN).update(
        status_reason=connection.masked(reason)[:500]
    )


def recover(connection_id: str) -> None:
    """Lets the work of a broken connection continue, because a call succeeded."""
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        if row.status == ConnectionStatus.BROKEN:
            activate(row)
            log.info("connection_recovered", connection_id=row.pk)


def pause(row: Connection, reason: str) -> None:
    """Makes inbound and outbound work wait for an operator, inside the caller's transaction."""
    _set_status(row, ConnectionStatus.PAUSED, reason, timezone.now())


def activate(row: Connection) -> None:
    """Makes the connection active, inside the caller's transaction."""
    rate_limiter.clear_failures(row)
    _set_status(row, ConnectionStatus.ACTIVE, "", timezone.now())
    # Workers were notified of these rows in vain: the sweep need not wait to see whether one follows.
    row.outbound_syncs.filter(state__in=OPEN_STATES).update(nudged_at=None)
    row.inbound_events.filter(state=InboundState.PENDING).update(nudged_at=None)
    dispatch.notify(dispatch.SWEEP)


def _set_status(row: Connection, status: ConnectionStatus, reason: str, now: datetime) -> None:
    if status != ConnectionStatus.BROKEN:
        row.next_probe_at = None
    changes = {"status": [row.status, status.value], "status_reason": [row.status_reason, reason[:500]]}
    if row.status != status:
        note_others([Noted(row.environment_id, "connection", row.pk, AuditAction.CHANGED, changes)])
    row.status, row.status_reason, row.status_since = status, reason[:500], now
    row.save(
        update_fields=[
            "status", "status_reason", "status_since", "next_probe_at", "failed_probes", "updated_at"
        ]
    )  # fmt: skip


def _pause(row: Connection) -> timedelta:
    seconds = FIRST_PAUSE_SECONDS * 2.0 ** min(row.failed_probes, 10)
    return timedelta(seconds=min(MAX_PAUSE_SECONDS, seconds))
