"""Counts events by what became of them, in the hour in which it did."""

from datetime import datetime

from django.db import connection as database

from integrations.models import Connection, InboundEvent
from integrations.models.statistics import Measure
from integrations.statistics import cursors
from integrations.statistics.hours import ADDED, COLUMNS, TABLE, sql_hour

# Events counted in one transaction, and transactions of one round; the next round goes on.
AT_ONCE, MOST = 200_000, 50
# Through the index of settled events that have their payload; they have it for days.
_COUNT = f"""
INSERT INTO {TABLE} ({COLUMNS})
SELECT {sql_hour("event.settled_at")}, connection.environment_id, connection.id, '{Measure.EVENTS}', event.state, '',
    count(*)
FROM {InboundEvent._meta.db_table} event JOIN {Connection._meta.db_table} connection
    ON connection.id = event.connection_id
WHERE event.settled_at > %s AND event.settled_at <= %s AND event.pruned_at IS NULL
GROUP BY 1, 2, 3, 5
{ADDED}
"""


def count(now: datetime) -> None:
    """Counts what is new. An event that is replayed counts once more, in the hour of its new outcome."""
    for _ in range(MOST):
        if not cursors.advance("events", now, _count, _limit):
            break


def _limit(after: datetime, horizon: datetime) -> datetime:
    new = InboundEvent.objects.filter(settled_at__gt=after, settled_at__lte=horizon, pruned_at__isnull=True)
    found = new.order_by("settled_at").values_list("settled_at", flat=True)[AT_ONCE : AT_ONCE + 1]
    return next(iter(found), None) or horizon


def _count(after: datetime, until: datetime) -> None:
    with database.cursor() as cursor:
        cursor.execute(_COUNT, [after, until])
