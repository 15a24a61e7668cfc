"""The metrics of comparisons: what is open, what it may cost, and how old it is."""

from collections.abc import Iterable

from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from integrations.models import ComparisonRun, Finding
from integrations.models.comparison_runs import ComparisonState
from integrations.models.connections import ConnectionStatus
from integrations.models.findings import FindingState
from integrations.reconcile.comparing import stakes


class Drift(Collector):
    """Open findings, money at stake, and the age of the last comparison."""

    def describe(self) -> Iterable[Metric]:
        """Describes nothing, so that registering costs no query."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Reads the values: three statements."""
        yield _findings()
        yield _money()
        yield _ages()


def _open() -> QuerySet[Finding]:
    """Those of connections that were not deleted."""
    return Finding.objects.filter(state=FindingState.OPEN).exclude(
        connection__status=ConnectionStatus.ARCHIVED
    )


def _findings() -> Metric:
    family = GaugeMetricFamily(
        "flexsync_drift_findings",
        "Open findings of comparisons, by connection, kind of entity and kind of finding.",
        labels=["connection", "entity_type", "kind"],
    )
    found = _open().order_by()
    for *labels, count in found.values_list("connection_id", "entity_type", "kind").annotate(n=Count("pk")):
        family.add_metric(labels, count)
    return family


def _money() -> Metric:
    family = GaugeMetricFamily(
        "flexsync_drift_money_at_stake",
        "What open findings may cost, in major units, by currency.",
        labels=["currency"],
    )
    found = stakes.of(_open())
    for currency, amount in sorted(found.items()):
        family.add_metric([currency], float(amount))
    return family


def _ages() -> Metric:
    family = GaugeMetricFamily(
        "flexsync_last_comparison_age_seconds",
        "Seconds since both sides of an active connection were last compared.",
        labels=["connection"],
    )
    done = ComparisonRun.objects.filter(
        state=ComparisonState.DONE, connection__status=ConnectionStatus.ACTIVE
    ).order_by()
    for connection_id, at in done.values_list("connection_id").annotate(at=Max("settled_at")):
        family.add_metric([connection_id], (timezone.now() - at).total_seconds())
    return family
