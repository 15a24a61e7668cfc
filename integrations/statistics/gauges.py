"""Samples what has a value at each moment: how long both backlogs have waited, and drift."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db.models import Min, QuerySet

from integrations.models import Connection, Finding, InboundEvent, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.findings import FindingState
from integrations.models.outbound import OPEN_STATES
from integrations.models.statistics import Measure
from integrations.reconcile.comparing import stakes
from integrations.statistics.hours import hour_of, write_greatest

Row = tuple[Any, ...]


def sample(now: datetime) -> None:
    """Writes the values of each connection that is not archived, also those that are 0."""
    rows = Connection.objects.exclude(status=ConnectionStatus.ARCHIVED).order_by()
    connections = dict(rows.values_list("pk", "environment_id"))
    found = [*_ages(now, connections), *_drift(connections)]
    numbers = [(hour_of(now), connections[one], one, *rest) for one, *rest in found]
    with database.cursor() as cursor:
        write_greatest(cursor, numbers)


def _ages(now: datetime, connections: Mapping[str, str]) -> Iterator[Row]:
    due = OutboundSync.objects.filter(
        state__in=OPEN_STATES, next_attempt_at__lte=now, connection__status=ConnectionStatus.ACTIVE
    )
    backlogs = ((Measure.INBOX_AGE, InboundEvent.objects.due(now)), (Measure.OUTBOX_AGE, due))
    for measure, rows in backlogs:
        since = _oldest(rows)
        for connection_id in connections:
            age = now - since.get(connection_id, now)
            yield connection_id, measure, "", "", round(age.total_seconds())


def _oldest(due: QuerySet[Any]) -> dict[str, datetime]:
    """Since when the oldest row of each connection is due."""
    return dict(due.order_by().values_list("connection_id").annotate(at=Min("next_attempt_at")))


def _drift(connections: Mapping[str, str]) -> Iterator[Row]:
    findings = Finding.objects.filter(state=FindingState.OPEN)
    for connection_id in connections:
        of_one = findings.filter(connection=connection_id)
        count = of_one.count()
        yield connection_id, Measure.FINDINGS, "", "", count
        if count:
            for currency, amount in stakes.of(of_one).items():
                yield connection_id, Measure.AT_STAKE, "", currency, amount
