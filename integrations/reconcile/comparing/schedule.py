"""Which connections are compared next: each every COMPARISON_HOURS, and not all of them at once."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.db.models.functions import Coalesce

from billing.errors import Conflict
from integrations.models import ComparisonRun, Connection
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import registry
from integrations.reconcile.comparing import runs

STARTED_BY = "schedule"
# How often beat asks (seconds).
EVERY = 300


def start_due(now: datetime) -> list[ComparisonRun]:
    """Starts the comparisons that are due, those first that have waited longest; some at a time."""
    started = []
    for connection in due(now):
        try:
            started.append(runs.start(connection, started_by=STARTED_BY))
        except Conflict:
            # One is open, or an import runs.
            started.extend(runs.try_again(connection))
    return started


def due(now: datetime) -> list[Connection]:
    """The connections to compare now: in each interval all of them, evenly."""
    if not settings.COMPARISON_HOURS:
        return []
    interval = timedelta(hours=settings.COMPARISON_HOURS)
    active = Connection.objects.filter(status=ConnectionStatus.ACTIVE, provider__in=_comparable())
    last = active.annotate(last=Coalesce(Max("comparisons__created_at"), "created_at"))
    found = last.filter(last__lte=now - interval).order_by("last", "pk")
    most = math.ceil(active.count() * EVERY / interval.total_seconds())
    return list(found[:most])


def _comparable() -> list[str]:
    return [slug for slug, provider in registry.providers().items() if provider.comparables]
