"""What /metrics says of the two roads: read from the database when it is asked for, so that no event pays for it."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from integrations.models import InboundEvent, OutboundSync
from integrations.models.inbound import InboundState
from integrations.models.outbound import SyncState
from integrations.webhooks import rejections

# Settled rows are millions: only those of the last while are counted, each through an index.
WHILE = timedelta(minutes=1)
INBOX, OUTBOX = (
    (InboundState.PENDING, InboundState.DEAD),
    (SyncState.PENDING, SyncState.SENDING, SyncState.BLOCKED),
)


class Roads(Collector):
    """Backlogs, what happened in the last minute, and refused webhooks."""

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: being registered must not cost a query."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Asks now: five statements, and the broker once."""
        since = timezone.now() - WHILE
        yield _counts("flexsync_inbox_events", "Events that wait or are dead.", InboundEvent, INBOX)
        yield _counts("flexsync_outbox_syncs", "Syncs that wait, run or are blocked.", OutboundSync, OUTBOX)
        yield _waited()
        yield GaugeMetricFamily(
            "flexsync_webhooks_stored_last_minute",
            "Webhooks acknowledged as new in the last minute.",
            value=InboundEvent.objects.filter(received_at__gt=since).count(),
        )
        settled = GaugeMetricFamily(
            "flexsync_events_settled_last_minute",
            "Events that came to an end in the last minute.",
            labels=["type", "outcome"],
        )
        recent = InboundEvent.objects.filter(settled_at__gt=since, pruned_at__isnull=True).order_by()
        for event_type, outcome, number in recent.values_list("type", "state").annotate(n=Count("pk")):
            settled.add_metric([event_type, outcome], number)
        yield settled
        refused = CounterMetricFamily("flexsync_webhooks_refused", "Webhooks refused.", labels=["code"])
        for code, number in rejections.counted().items():
            refused.add_metric([code], number)
        yield refused


def _counts(
    name: str, what: str, model: type[InboundEvent] | type[OutboundSync], states: Iterable[str]
) -> Metric:
    rows = model._default_manager.filter(state__in=states).order_by()
    found = dict.fromkeys(states, 0) | dict(rows.values_list("state").annotate(n=Count("pk")))
    family = GaugeMetricFamily(name, what, labels=["state"])
    for state, number in found.items():
        family.add_metric([state], number)
    return family


def _waited() -> Metric:
    now = timezone.now()
    first = InboundEvent.objects.due(now).order_by().aggregate(at=Min("next_attempt_at"))["at"]
    return GaugeMetricFamily(
        "flexsync_inbox_oldest_seconds",
        "Seconds that the oldest due event has waited.",
        value=(now - first).total_seconds() if first else 0,
    )


@cache
def register() -> None:
    """Adds them to what this process says; once."""
    REGISTRY.register(Roads())
