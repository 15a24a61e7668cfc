"""Gaps: times whose events the provider lists no more, so that only an import of what changed closes them."""

from datetime import datetime

from django.conf import settings

from billing.errors import Conflict
from integrations.models import Alarm, Connection
from integrations.models.alarms import AlarmCode
from integrations.reconcile.catch_up import alarms

NEEDED = (
    "Events since {since:%Y-%m-%d %H:%M} UTC were not read in time: the provider lists them no more. What changed since"
    " then has to be imported."
)
# Who agrees where the setting says that imports start by themselves.
ITSELF = "catch-up"


def notice(connection: Connection, since: datetime, now: datetime) -> Alarm:
    """Raises the alarm, and starts the import where nobody has to agree."""
    alarm = alarms.start(connection, AlarmCode.IMPORT_NEEDED, NEEDED.format(since=since), now, since=since)
    if settings.IMPORT_AFTER_GAP and not alarm.agreed_by:
        agree(alarm, ITSELF, now)
    return alarm


def agree(alarm: Alarm, by: str, now: datetime) -> Alarm:
    """Starts the import of what changed, in the name of ``by``; raises Conflict for one that was started."""
    free = Alarm.objects.filter(pk=alarm.pk, code=AlarmCode.IMPORT_NEEDED, ended_at=None, agreed_by="")
    if not free.update(agreed_by=by, agreed_at=now):
        raise Conflict("The import was started already, or is not needed any more.")
    alarm.refresh_from_db()
    return alarm
