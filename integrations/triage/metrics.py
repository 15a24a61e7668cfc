"""The metrics of what needs a person: how many rows, by kind of problem."""

from collections import Counter
from collections.abc import Iterable

from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from integrations.triage.groups import ORDER, groups


class Problems(Collector):
    """As the admin's first page counts them: what was dismissed is left out."""

    def describe(self) -> Iterable[Metric]:
        """Describes nothing, so that registering costs no query."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Reads the values."""
        family = GaugeMetricFamily(
            "flexsync_problems", "Rows that need a person, by kind of problem.", labels=["kind"]
        )
        counts: Counter[str] = Counter()
        for group in groups(timezone.now()):
            counts[group.kind.code] += 0 if group.is_dismissed else group.count
        for kind in ORDER:
            family.add_metric([kind.code], counts[kind.code])
        yield family
