"""Gaps: times whose events the provider lists no more, so that only an import of what changed closes them."""

from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import transaction

from billing.errors import Conflict
from integrations.models import Alarm, Connection, ImportRun
from integrations.models.alarms import AlarmCode
from integrations.models.imports import ImportState
from integrations.reconcile.catch_up import alarms
from integrations.reconcile.importing import runs

NEEDED = (
    "Events since {since:%Y-%m-%d %H:%M} UTC were not read in time: the provider lists them no more. What changed since"
    " then has to be imported."
)
# Who agrees where the setting says that imports start by themselves.
ITSELF = "catch-up"


def notice(connection: Connection, since: datetime, now: datetime) -> Alarm:
    """Raises the alarm; ``follow`` starts the import where nobody has to agree."""
    message = NEEDED.format(since=since)
    return alarms.start(connection, AlarmCode.IMPORT_NEEDED, message, now, since=since)


def agree(alarm: Alarm, by: str, now: datetime) -> Alarm:
    """Starts the import in the name of ``by``; raises Conflict for one that was started, or is open.

    Of everything: a provider's lists can be narrowed to what was made since then, not to what was changed.
    """
    free = Alarm.objects.filter(pk=alarm.pk, code=AlarmCode.IMPORT_NEEDED, ended_at=None, agreed_by="")
    with transaction.atomic():
        if not free.update(agreed_by=by, agreed_at=now):
            raise Conflict("The import was started already, or is not needed any more.")
        alarm.refresh_from_db()
        alarm.started = runs.start(alarm.connection, started_by=by).pk
        alarm.save(update_fields=["started"])
    return alarm


def follow(connection: Connection, now: datetime) -> None:
    """Ends the alarm once its import is done; one that ended otherwise has to be agreed to again."""
    alarm = alarms.open_of(connection).filter(code=AlarmCode.IMPORT_NEEDED).first()
    if alarm is None:
        return
    run = ImportRun.objects.filter(pk=alarm.started).first()
    if run is not None and run.state == ImportState.DONE:
        alarms.end(connection, AlarmCode.IMPORT_NEEDED, now)
    elif run is not None and run.settled_at is not None:
        Alarm.objects.filter(pk=alarm.pk).update(agreed_by="", agreed_at=None, started="")
    elif settings.IMPORT_AFTER_GAP and not alarm.agreed_by:
        with suppress(Conflict):  # another import is open: the next poll tries again
            agree(alarm, ITSELF, now)
