"""Raises and ends alarms: a row for each, as long as something is wrong, and a line in the log."""

from datetime import datetime

import structlog
from django.db.models import QuerySet

from integrations.models import Alarm, Connection
from integrations.models.alarms import AlarmCode

log = structlog.get_logger(__name__)


def start(
    connection: Connection, code: AlarmCode, message: str, now: datetime, *, since: datetime | None = None
) -> Alarm:
    """The open alarm of this code, raised now unless it was before; its message is the newest."""
    values = {"message": message, "since": since, "raised_at": now}
    alarm, is_new = Alarm.objects.get_or_create(
        connection=connection, code=code, ended_at=None, defaults=values
    )
    if is_new:
        log.error("alarm_raised", connection_id=connection.pk, code=code.value, message=message)
    elif alarm.message != message:
        alarm.message = message
        alarm.save(update_fields=["message"])
    return alarm


def end(connection: Connection, code: AlarmCode, now: datetime) -> None:
    """Ends the open alarm of this code, if there is one."""
    if open_of(connection).filter(code=code).update(ended_at=now):
        log.info("alarm_ended", connection_id=connection.pk, code=code.value)


def open_of(connection: Connection) -> QuerySet[Alarm]:
    """The connection's alarms that have not ended, the newest first."""
    return Alarm.objects.filter(connection=connection, ended_at=None)
