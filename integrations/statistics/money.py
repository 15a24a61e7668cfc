"""Sums money by the hour: where a payment or refund has changed, its hours are summed anew.

Such a row changes after its hour, and evidence of an earlier hour comes late. So nothing is added up; what
is read is what changed, and of the hours that this concerns what they hold now.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection as database

from billing.models import Payment, Refund
from integrations.models.statistics import Measure
from integrations.statistics import cursors, retention
from integrations.statistics.hours import COLUMNS, TABLE, sql_hour

_PAYMENTS, _REFUNDS = Payment._meta.db_table, Refund._meta.db_table
_OUTCOME = """CASE WHEN row.status IN ('succeeded', 'partially_refunded', 'refunded') THEN 'succeeded'
    WHEN row.status IN ('failed', 'cancelled', 'requires_action') THEN row.status ELSE 'open' END"""


@dataclass(frozen=True)
class Sum:
    """A measure of ``rows`` (a table, with its join), by the hour of the column ``at``."""

    measure: Measure
    table: str
    at: str
    value: str
    rows: str = ""
    connection: str = "row.connection_id"
    label: str = "''"
    currency: str = "row.currency"
    condition: str = "true"


SUMS = (
    Sum(Measure.COLLECTED, _PAYMENTS, "succeeded_at", "sum(row.amount)"),
    Sum(Measure.FAILED, _PAYMENTS, "created_at", "sum(row.amount)", condition="row.status = 'failed'"),
    Sum(
        Measure.CHARGES,
        _PAYMENTS,
        "created_at",
        "count(*)",
        label=_OUTCOME,
        currency="''",
        condition="row.off_session",
    ),
    Sum(
        Measure.REFUNDED,
        _REFUNDS,
        "settled_at",
        "sum(row.amount)",
        rows=f"JOIN {_PAYMENTS} payment ON payment.id = row.payment_id",
        connection="payment.connection_id",
        condition="row.status = 'succeeded'",
    ),
)
_CHANGED = """
    SELECT DISTINCT row.environment_id, {hour} AS at FROM {table} row
    WHERE row.updated_at > %(after)s AND row.updated_at <= %(until)s AND row.{at} >= %(kept)s"""
_CLEAR = f"""
DELETE FROM {TABLE} old USING ({_CHANGED}) changed
WHERE old.at = changed.at AND old.environment_id = changed.environment_id AND old.measure = %(measure)s
"""
_SUM = f"""
INSERT INTO {TABLE} ({COLUMNS})
SELECT changed.at, changed.environment_id, {{connection}}, %(measure)s, {{label}}, {{currency}}, {{value}}
FROM ({_CHANGED}) changed JOIN {{table}} row ON row.environment_id = changed.environment_id
    AND row.{{at}} >= changed.at AND row.{{at}} < changed.at + interval '1 hour' {{rows}}
WHERE {{condition}}
GROUP BY 1, 2, 3, 5, 6
"""


def count(now: datetime) -> None:
    """Sums the hours anew of what has changed, as far back as hours are kept."""
    kept = retention.kept_since(now)
    for one in SUMS:
        cursors.advance(one.measure, now, partial(_count, one, kept))


def _count(one: Sum, kept: datetime, after: datetime, until: datetime) -> None:
    parts = asdict(one) | {"hour": sql_hour(f"row.{one.at}")}
    values: dict[str, Any] = {"after": after, "until": until, "kept": kept, "measure": one.measure}
    with database.cursor() as cursor:
        cursor.execute(_CLEAR.format(**parts), values)
        cursor.execute(_SUM.format(**parts), values)
