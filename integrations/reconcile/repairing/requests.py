"""Repairs that persons ask for, which workers carry out."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from billing.errors import Conflict
from integrations.models import Finding, FindingRepair
from integrations.models.findings import Repair
from integrations.models.outbound import Priority
from integrations.reconcile.repairing import options, work
from integrations.reconcile.repairing.subjects import Subject

REFUSED = "repair_refused"


def refusal(finding: Finding, repair: Repair) -> str:
    """Why it cannot be asked for now, "" where it can."""
    if any(one.settled_at is None for one in finding.repairs.all()):
        return options.UNDER_WAY
    return options.refusal(Subject(finding), repair)


@transaction.atomic
def ask(finding_id: str, repair: Repair, *, by: str, priority: Priority = Priority.PERSON) -> FindingRepair:
    """Stores that it is to be repaired, and notifies a worker; raises Conflict where that is impossible."""
    transaction.on_commit(work.notify)
    return store(finding_id, repair, by=by, priority=priority)


@transaction.atomic
def store(finding_id: str, repair: Repair, *, by: str, priority: Priority) -> FindingRepair:
    """The same, for a caller who notifies a worker."""
    finding = locked([finding_id]).get()
    if why := refusal(finding, repair):
        raise Conflict(why, code=REFUSED)
    return add(finding, repair, by, priority)


def locked(ids: Sequence[str]) -> QuerySet[Finding]:
    """Findings with what was asked for of each, until the transaction ends."""
    rows = Finding.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return rows.select_related("connection").prefetch_related("repairs")


def add(finding: Finding, repair: Repair, by: str, priority: Priority) -> FindingRepair:
    """The row of what was asked for."""
    return FindingRepair.objects.create(finding=finding, repair=repair, asked_by=by, priority=priority)
