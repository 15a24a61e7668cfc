"""Recoveries: begun where the database is found to be older, or by hand, and followed until they end."""

from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from billing.errors import Conflict
from integrations.connections import locked
from integrations.models import Alarm, Connection, ImportRun
from integrations.models.alarms import AlarmCode
from integrations.models.connections import ConnectionStatus
from integrations.models.imports import ImportState
from integrations.reconcile.catch_up import alarms, polling
from integrations.reconcile.importing import runs
from integrations.reconcile.recovering import ending, memory

# Two databases that write to one account would find each other older again and again.
ONCE_IN = timedelta(days=1)
# Who agrees where the setting says that recoveries run by themselves.
ITSELF = "recovery"
RESTORED = (
    "The database is older than what the provider has seen: it knows nothing of what was sent after"
    " {since:%Y-%m-%d %H:%M} UTC. Nothing is sent until a recovery has brought that back."
)
AGAIN = (
    " It is the second time within a day. If another copy of this database writes to the account, stop that one"
    " first; then agree."
)
BY_HAND = "A recovery was started by hand: nothing is sent until what may be missing is known."

log = structlog.get_logger(__name__)


def start(connection: Connection, *, by: str, now: datetime) -> Alarm:
    """Starts a recovery by hand; raises Conflict where one is under way.

    It takes the place of an import that is open: that one would go on where the backup was made, and before
    anything else runs nobody could end it.
    """
    locked.refuse_deleted(connection)
    with transaction.atomic():
        Connection.objects.filter(pk=connection.pk, recovering_since=None).update(recovering_since=now)
        connection.refresh_from_db()
        since = memory.reaches_to(connection)
        alarm = alarms.start(connection, AlarmCode.DATABASE_RESTORED, BY_HAND, now, since=since)
        if not alarm.agreed_by:
            _cancel_open(connection, now)
        return agree(alarm, by, now)


def _cancel_open(connection: Connection, now: datetime) -> None:
    for run in ImportRun.objects.filter(connection=connection, settled_at=None):
        runs.cancel(run.pk, now)


def agree(alarm: Alarm, by: str, now: datetime) -> Alarm:
    """Begins the recovery in the name of ``by``; raises Conflict for one that has begun, or is not needed.

    Everything is imported: a provider's lists can be narrowed to what was made since then, not to what was
    changed.
    """
    free = Alarm.objects.filter(pk=alarm.pk, code=AlarmCode.DATABASE_RESTORED, ended_at=None, agreed_by="")
    with transaction.atomic():
        if not free.update(agreed_by=by, agreed_at=now):
            raise Conflict("The recovery has begun already, or is not needed any more.")
        alarm.refresh_from_db()
        memory.distrust(alarm.connection, now)
        alarm.started = runs.start(alarm.connection, started_by=by, links=False).pk
        alarm.save(update_fields=["started"])
    polling.request(alarm.connection_id, now)
    return alarm


def follow(now: datetime) -> None:
    """Goes on with all recoveries; run by beat."""
    found = Connection.objects.filter(recovering_since__isnull=False)
    for connection in found.exclude(status=ConnectionStatus.ARCHIVED).order_by("pk"):
        _follow(connection, now)


def _follow(connection: Connection, now: datetime) -> None:
    alarm = _alarm(connection, now)
    if not alarm.agreed_by:
        if settings.RECOVER_AFTER_RESTORE and not alarm.started and not _is_second(alarm):
            with suppress(Conflict):  # another import is open: the next time tries again
                agree(alarm, ITSELF, now)
        return
    run = ImportRun.objects.filter(pk=alarm.started).first()
    if run is None or run.state in (ImportState.FAILED, ImportState.CANCELLED):
        # A person has to agree again: what kept it from ending does not mend itself.
        Alarm.objects.filter(pk=alarm.pk).update(agreed_by="", agreed_at=None)
    elif run.state == ImportState.DONE and ending.is_polled(connection):
        ending.end(connection, now)


def _alarm(connection: Connection, now: datetime) -> Alarm:
    """The open alarm, with its first message."""
    found = alarms.open_of(connection).filter(code=AlarmCode.DATABASE_RESTORED).first()
    if found is not None:
        return found
    since = memory.reaches_to(connection)
    before = Alarm.objects.filter(
        connection=connection, code=AlarmCode.DATABASE_RESTORED, raised_at__gt=now - ONCE_IN
    )
    message = RESTORED.format(since=since) + (AGAIN if before.exists() else "")
    return alarms.start(connection, AlarmCode.DATABASE_RESTORED, message, now, since=since)


def _is_second(alarm: Alarm) -> bool:
    """Whether there was another one shortly before."""
    others = Alarm.objects.filter(connection=alarm.connection, code=alarm.code).exclude(pk=alarm.pk)
    return others.filter(raised_at__gt=alarm.raised_at - ONCE_IN).exists()
