"""The end of a comparison: what it no longer found is healed, and the figures of the trend are kept."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from integrations.models import ComparisonRun
from integrations.models.comparison_runs import ComparisonState
from integrations.reconcile.comparing import findings, leases, runs, stakes


def end(run: ComparisonRun, now: datetime) -> None:
    """Heals, counts and ends it, in one transaction; raises LeaseLost."""
    with transaction.atomic():
        leases.extend(run, now)
        ComparisonRun.objects.filter(pk=run.pk).update(healed=findings.heal(run, now), **_figures(run))
        runs.settle(run, ComparisonState.DONE, now)


def _figures(run: ComparisonRun) -> dict[str, object]:
    read = run.parts.aggregate(objects=Sum("objects_seen"), calls=Sum("pages"))
    found = findings.open_of(run.connection_id)
    return {
        "objects_seen": read["objects"] or 0,
        "calls": read["calls"] or 0,
        "found": found.count(),
        "new": found.filter(found_at__gte=run.created_at).count(),
        "money_at_stake": stakes.shown(found),
    }
