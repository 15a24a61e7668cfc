"""The end of a recovery: what was forgotten is known again, and sending goes on."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from integrations.connections import accounts
from integrations.gateway import epoch_names
from integrations.models import Alarm, Connection, EventPoll, OutboundSync
from integrations.models.alarms import AlarmCode
from integrations.models.outbound import OPEN_STATES
from integrations.queue import dispatch
from integrations.reconcile.catch_up import alarms, summary

STARTED_BY = "recovery"


def is_polled(connection: Connection) -> bool:
    """Whether a whole pass of polls has begun since, or none can."""
    if not settings.EVENT_POLL_SECONDS or not summary.is_polled(connection):
        return True
    row = EventPoll.objects.filter(connection=connection).first()
    since = connection.recovering_since
    if row is None or since is None:
        return False
    # A key that may not read events cannot be polled with: what the import has read is all there is.
    return row.failures > 0 or (row.covered_at is not None and row.covered_at >= since)


def end(connection: Connection, now: datetime) -> None:
    """Lets everything go on that has waited, and looks at the invoices that the account asks for."""
    with transaction.atomic():
        epoch_names.adopt(connection)
        Connection.objects.filter(pk=connection.pk).update(recovering_since=None)
        alarms.end(connection, AlarmCode.DATABASE_RESTORED, now)
        _end_gap(connection, now)
        accounts.look_at_invoices(connection, now, started_by=STARTED_BY)
        waiting = OutboundSync.objects.filter(connection=connection, state__in=OPEN_STATES)
        waiting.update(nudged_at=None, next_attempt_at=now)
        dispatch.notify(dispatch.SWEEP)


def _end_gap(connection: Connection, now: datetime) -> None:
    """Everything was imported: what is too old to be polled is here, too."""
    gap = Alarm.objects.filter(connection=connection, code=AlarmCode.IMPORT_NEEDED, ended_at=None)
    gap.filter(started="").update(ended_at=now)
