"""Keeps the counts of calls to providers, which Redis forgets after two days."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database

from integrations.gateway import call_counts
from integrations.models import Connection
from integrations.models.statistics import Measure
from integrations.statistics.hours import hour_of, write_greatest

# All that Redis has: beat may have been away.
HOURS = 48


def keep(now: datetime) -> None:
    """Keeps what was counted in this hour and those before; should Redis lose its own, the greater stays."""
    environments = dict(Connection.objects.order_by().values_list("pk", "environment_id"))
    rows: list[tuple[Any, ...]] = []
    for back in range(HOURS):
        hour = hour_of(now - timedelta(hours=back))
        for (connection_id, label), number in call_counts.of_hour(hour).items():
            if environment_id := environments.get(connection_id):
                rows.append((hour, environment_id, connection_id, *_measure(label), "", number))
    with database.cursor() as cursor:
        write_greatest(cursor, rows)


def _measure(label: str) -> tuple[str, str]:
    """Its measure and label."""
    return (Measure.THROTTLED, "") if label == call_counts.THROTTLED else (Measure.CALLS, label)
