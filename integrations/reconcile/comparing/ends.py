"""The end of a comparison: what it no longer found is healed, and the figures of the trend are kept."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from integrations.models import ComparisonRun, Finding
from integrations.models.comparison_runs import ComparisonState
from integrations.models.findings import FindingState
from integrations.reconcile.comparing import findings, runs, stakes
from integrations.reconcile.paging import leases


def end(run: ComparisonRun, now: datetime) -> None:
    """Heals, counts and ends it, in one transaction; raises LeaseLost."""
    with transaction.atomic():
        leases.extend(run, now)
        findings.heal(run, now)
        ComparisonRun.objects.filter(pk=run.pk).update(**_figures(run))
        runs.settle(run, ComparisonState.DONE, now)


def _figures(run: ComparisonRun) -> dict[str, object]:
    read = run.parts.aggregate(objects=Sum("objects_seen"), calls=Sum("pages"))
    found = findings.open_of(run.connection_id)
    return {
        "objects_seen": read["objects"] or 0,
        "calls": read["calls"] or 0,
        "found": found.count(),
        "new": found.filter(found_at__gte=run.created_at).count(),
        "healed": _healed(run),
        "money_at_stake": stakes.shown(found),
    }


def _healed(run: ComparisonRun) -> int:
    """How many have healed since the last comparison: by this one, and by repairs before it."""
    done = ComparisonRun.objects.filter(connection=run.connection, state=ComparisonState.DONE)
    last = done.order_by("-settled_at").values_list("settled_at", flat=True).first()
    healed = Finding.objects.filter(connection=run.connection, state=FindingState.HEALED)
    return (healed.filter(healed_at__gt=last) if last else healed).count()
