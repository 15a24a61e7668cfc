"""The metrics of catch-up: how old the last poll is, what webhooks had missed, and open alarms."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from integrations.models import Alarm, Connection
from integrations.models.connections import ConnectionStatus
from integrations.reconcile.catch_up import summary


class CatchUp(Collector):
    """Read from the database for each request: two statements."""

    def describe(self) -> Iterable[Metric]:
        """Describes nothing, so that registering costs no query."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Reads the values."""
        yield from _polls(timezone.now())
        alarms = GaugeMetricFamily(
            "flexsync_alarms", "Alarms that are open, by connection and code.", labels=["connection", "code"]
        )
        for connection_id, code in Alarm.objects.filter(ended_at=None).values_list("connection_id", "code"):
            alarms.add_metric([connection_id, code], 1)
        yield alarms


def _polls(now: datetime) -> Iterable[Metric]:
    age = GaugeMetricFamily(
        "flexsync_event_poll_age_seconds",
        "Seconds since the last whole poll of a connection's events, or since it was made.",
        labels=["connection"],
    )
    missed = CounterMetricFamily(
        "flexsync_missed_events",
        "Events that polls had to bring, because no webhook had by then.",
        labels=["connection"],
    )
    for connection in _polled():
        row = getattr(connection, "event_poll", None)
        last = (row.polled_at if row else None) or connection.created_at
        age.add_metric([connection.pk], (now - last).total_seconds())
        missed.add_metric([connection.pk], row.missed if row else 0)
    yield from (age, missed)


def _polled() -> list[Connection]:
    found = Connection.objects.exclude(status=ConnectionStatus.ARCHIVED).select_related("event_poll")
    return [connection for connection in found.order_by("pk") if summary.is_polled(connection)]
