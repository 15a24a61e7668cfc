"""Which worker carries a comparison out."""

from datetime import datetime, timedelta

from django.db.models import Q

from integrations.db import leases
from integrations.models import ComparisonRun
from integrations.models.comparison_runs import WORKED

# How long a worker may give no sign of life: a page.
LEASE = timedelta(seconds=90)


def claim(run_id: str, now: datetime) -> ComparisonRun | None:
    """The comparison, leased to this worker; None while another one has it, or it waits."""
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    if not leases.take(ComparisonRun.objects.filter(due, pk=run_id, state__in=WORKED), now, LEASE):
        return None
    return ComparisonRun.objects.select_related("connection").get(pk=run_id)


def extend(run: ComparisonRun, now: datetime) -> None:
    """Gives a sign of life; raises LeaseLost when it was paused, cancelled or taken over."""
    worked = ComparisonRun.objects.filter(pk=run.pk, state__in=WORKED)
    leases.extend(worked, run.lease_holder, now, LEASE)


def release(run: ComparisonRun) -> None:
    """Lets another worker go on at once."""
    leases.release(ComparisonRun.objects.filter(pk=run.pk), run.lease_holder)
