"""The metrics of processes: how long ago one of each kind has said that it lives, and a worker has worked."""

from collections.abc import Iterable

from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from integrations.processes import silence


class Heartbeats(Collector):
    """Read from the database for each request: one statement."""

    def describe(self) -> Iterable[Metric]:
        """Describes nothing, so that registering costs no query."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Reads the values."""
        age = GaugeMetricFamily(
            "flexsync_heartbeat_age_seconds",
            "Seconds since the newest sign of life of a process, by kind.",
            labels=["kind"],
        )
        worked = GaugeMetricFamily(
            "flexsync_task_age_seconds", "Seconds since a task has ended in any worker.", labels=[]
        )
        now = timezone.now()
        for kind, signs in silence.newest().items():
            age.add_metric([kind], (now - signs.seen_at).total_seconds())
            if signs.worked_at:
                worked.add_metric([], (now - signs.worked_at).total_seconds())
        yield from (age, worked)
