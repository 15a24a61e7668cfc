"""Writes numbers of hours: each number has one row, whatever writes it again."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from integrations.models import HourlyStatistic

TABLE = HourlyStatistic._meta.db_table
COLUMNS = "at, environment_id, connection_id, measure, label, currency, value"
_ONCE = "at, environment_id, measure, connection_id, label, currency"
# What follows an INSERT of COLUMNS: the number is added to, or the greater one stays.
ADDED = f"ON CONFLICT ({_ONCE}) DO UPDATE SET value = {TABLE}.value + EXCLUDED.value"
GREATEST = f"ON CONFLICT ({_ONCE}) DO UPDATE SET value = EXCLUDED.value WHERE {TABLE}.value < EXCLUDED.value"


def hour_of(moment: datetime) -> datetime:
    """When the hour begins that the moment is in."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def sql_hour(column: str) -> str:
    """The same in SQL, of a column."""
    return f"date_trunc('hour', {column}, 'UTC')"


def write_greatest(cursor: Any, rows: Collection[tuple[Any, ...]]) -> None:
    """Writes rows of COLUMNS; of a number that is there already the greater one stays."""
    cursor.executemany(
        f"INSERT INTO {TABLE} ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s) {GREATEST}", rows
    )
