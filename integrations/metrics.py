"""The metrics of inbox and outbox: read from the database for each /metrics request, at no cost to events."""

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
from integrations.processes.metrics import Heartbeats
from integrations.reconcile.catch_up.metrics import CatchUp
from integrations.reconcile.comparing.metrics import Drift
from integrations.triage.metrics import Problems
from integrations.webhooks import rejections

# There are millions of settled rows: only recent ones are counted, each through an index.
RECENT = timedelta(minutes=1)
INBOX, OUTBOX = (
    (InboundState.PENDING, InboundState.DEAD),
    (SyncState.PENDING, SyncState.SENDING, SyncState.BLOCKED),
)


class InboxAndOutbox(Collector):
    """Backlogs, events of the last minute, and refused webhooks."""

    def describe(self) -> Iterable[Metric]:
        """Describes nothing, so that registering costs no query."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Reads the values: five statements, and one command to the broker."""
        since = timezone.now() - RECENT
        yield _counts(
            "flexsync_inbox_events",
            "Events in the inbox that are pending or dead, by state.",
            InboundEvent,
            INBOX,
        )
        yield _counts(
            "flexsync_outbox_syncs",
            "Syncs in the outbox that are pending, being sent or blocked, by state.",
            OutboundSync,
            OUTBOX,
        )
        yield _oldest()
        yield GaugeMetricFamily(
            "flexsync_webhooks_stored_last_minute",
            "New webhooks that were stored and acknowledged in the last minute.",
            value=InboundEvent.objects.filter(received_at__gt=since).count(),
        )
        settled = GaugeMetricFamily(
            "flexsync_events_settled_last_minute",
            "Events that were applied, ignored or dead-lettered in the last minute, by type and outcome.",
            labels=["type", "outcome"],
        )
        recent = InboundEvent.objects.filter(settled_at__gt=since, pruned_at__isnull=True).order_by()
        for event_type, outcome, count in recent.values_list("type", "state").annotate(n=Count("pk")):
            settled.add_metric([event_type, outcome], count)
        yield settled
        refused = CounterMetricFamily(
            "flexsync_webhooks_refused", "Webhooks that were refused, by error code.", labels=["code"]
        )
        for code, count in rejections.counted().items():
            refused.add_metric([code], count)
        yield refused


def _counts(
    name: str, description: str, model: type[InboundEvent] | type[OutboundSync], states: Iterable[str]
) -> Metric:
    rows = model._default_manager.filter(state__in=states).order_by()
    found = dict.fromkeys(states, 0) | dict(rows.values_list("state").annotate(n=Count("pk")))
    family = GaugeMetricFamily(name, description, labels=["state"])
    for state, count in found.items():
        family.add_metric([state], count)
    return family


def _oldest() -> Metric:
    now = timezone.now()
    first = InboundEvent.objects.due(now).order_by().aggregate(at=Min("next_attempt_at"))["at"]
    return GaugeMetricFamily(
        "flexsync_inbox_oldest_seconds",
        "How many seconds the oldest due event has waited.",
        value=(now - first).total_seconds() if first else 0,
    )


@cache
def register() -> None:
    """Adds them to the metrics of this process, once."""
    REGISTRY.register(InboxAndOutbox())
    REGISTRY.register(CatchUp())
    REGISTRY.register(Drift())
    REGISTRY.register(Heartbeats())
    REGISTRY.register(Problems())
