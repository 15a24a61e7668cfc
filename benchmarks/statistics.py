"""The hourly numbers that ten million events of five connections leave behind in a month."""

from collections.abc import Iterator, Sequence

from django.db import connection as database

from integrations.gateway.call_counts import BOUNDS
from integrations.models.statistics import Measure

EVENTS, HOURS = 10_000_000, 30 * 24
# By measure: label, currency and value of each number.
_NUMBERS: dict[str, list[tuple[str, str, float]]] = {
    Measure.EVENTS: [("applied", "", 1), ("ignored", "", 0.4), ("dead", "", 0.001)],
    Measure.CALLS: [(str(bound), "", 100) for bound in BOUNDS],
    Measure.THROTTLED: [("", "", 3)],
    Measure.INBOX_AGE: [("", "", 4)],
    Measure.OUTBOX_AGE: [("", "", 9)],
    Measure.CHARGES: [("succeeded", "", 90), ("failed", "", 4), ("requires_action", "", 2)],
    Measure.COLLECTED: [("", currency, 1000) for currency in ("EUR", "GBP", "USD")],
    Measure.FAILED: [("", currency, 40) for currency in ("EUR", "GBP", "USD")],
    Measure.REFUNDED: [("", currency, 20) for currency in ("EUR", "GBP", "USD")],
    Measure.FINDINGS: [("", "", 5)],
    Measure.AT_STAKE: [("", "EUR", 70)],
}
_FILL = """
INSERT INTO integrations_hourlystatistic (at, environment_id, connection_id, measure, label, currency, value)
SELECT date_trunc('hour', now(), 'UTC') - hours * interval '1 hour', environments.id, connections.id, numbers.measure,
    numbers.label, numbers.currency, round(numbers.value::numeric * (1 + hours %% 7), 2)
FROM generate_series(0, %s) hours, unnest(%s::text[], %s::text[]) connections (id, environment_id)
JOIN billing_environment environments ON environments.id = connections.environment_id,
    unnest(%s::text[], %s::text[], %s::text[], %s::float[]) numbers (measure, label, currency, value)
"""


def fill(connections: Sequence[tuple[str, str]], hours: int = HOURS) -> int:
    """Stores numbers of so many hours of those (id, environment's id); returns how many rows they are."""
    each_hour = EVENTS / hours / max(len(connections), 1) / 4
    numbers = list(zip(*_numbers(each_hour), strict=True))
    with database.cursor() as cursor:
        cursor.execute(_FILL, [hours - 1, *map(list, zip(*connections, strict=True)), *map(list, numbers)])
        stored: int = cursor.rowcount
        cursor.execute("ANALYZE integrations_hourlystatistic")
    return stored


def _numbers(each_hour: float) -> Iterator[tuple[str, str, str, float]]:
    for measure, rows in _NUMBERS.items():
        for label, currency, value in rows:
            yield measure, label, currency, float(value * each_hour if measure == Measure.EVENTS else value)
