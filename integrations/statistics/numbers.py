"""Reads the numbers of a window in one statement, however many events they count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database

from integrations.models.statistics import Measure
from integrations.statistics.hours import TABLE
from integrations.statistics.windows import EPOCH, Window

# Of these a slot has the most of its hours; of several connections the most, or the sum.
AGES = (Measure.INBOX_AGE, Measure.OUTBOX_AGE)
GAUGES = (*AGES, Measure.FINDINGS, Measure.AT_STAKE)
# Those of which it is shown which connection they are of.
BY_CONNECTION = (Measure.CALLS, Measure.THROTTLED)
_SINCE = "at >= %(since)s AND (%(environment)s = '' OR environment_id = %(environment)s)"
_SLOT = "date_bin(%(length)s, at, %(epoch)s)"
_READ = f"""
SELECT {_SLOT}, measure, CASE WHEN measure = ANY(%(by_connection)s) THEN connection_id ELSE '' END, label, currency,
    sum(value)
FROM {TABLE} WHERE {_SINCE} AND measure <> ALL(%(gauges)s)
GROUP BY 1, 2, 3, 4, 5
UNION ALL
SELECT slot, measure, '', label, currency, CASE WHEN measure = ANY(%(ages)s) THEN max(value) ELSE sum(value) END
FROM (
    SELECT {_SLOT} AS slot, measure, connection_id, label, currency, max(value) AS value
    FROM {TABLE} WHERE {_SINCE} AND measure = ANY(%(gauges)s)
    GROUP BY 1, 2, 3, 4, 5
) of_connections
GROUP BY 1, 2, 4, 5
"""


@dataclass(frozen=True)
class Number:
    """What a slot (its place in the window) has of a measure."""

    slot: int
    measure: str
    connection_id: str
    label: str
    currency: str
    value: Decimal


@dataclass(frozen=True)
class Numbers:
    """All of a window whose slots begin at ``begins``."""

    begins: Sequence[datetime]
    found: Sequence[Number]

    def of(self, *measures: str) -> list[Number]:
        """Those of the measures."""
        return [one for one in self.found if one.measure in measures]

    def summed(self, numbers: Iterable[Number]) -> list[Decimal]:
        """Their sum in each slot."""
        sums = [Decimal(0)] * len(self.begins)
        for one in numbers:
            sums[one.slot] += one.value
        return sums


def read(window: Window, now: datetime, environment_id: str = "") -> Numbers:
    """Those of an environment, of all unless given."""
    begins = window.begins(now)
    values: dict[str, Any] = {
        "length": window.length,
        "epoch": EPOCH,
        "since": begins[0],
        "environment": environment_id,
        "ages": list(AGES),
        "gauges": list(GAUGES),
        "by_connection": list(BY_CONNECTION),
    }
    places = {moment: place for place, moment in enumerate(begins)}
    with database.cursor() as cursor:
        cursor.execute(_READ, values)
        rows = cursor.fetchall()
    return Numbers(begins, [Number(places[slot], *rest) for slot, *rest in rows if slot in places])
