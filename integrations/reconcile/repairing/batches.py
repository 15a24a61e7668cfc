"""Repairs of so many findings that nobody waits for them: stored by ids, asked for by workers."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from integrations.db import leases
from integrations.db.leases import LeaseLost
from integrations.models import Finding, RepairBatch
from integrations.models.findings import UNHEALED, Repair
from integrations.reconcile.repairing import bulk, work
from integrations.reconcile.repairing.accepting import Acceptance
from integrations.reconcile.repairing.summaries import Summary

# How many are asked for in one transaction, and how long a worker may give no sign of life meanwhile.
CHUNK, LEASE = 200, timedelta(minutes=5)


def repair(
    findings: QuerySet[Finding],
    repair: str,
    *,
    by: str,
    environment_id: str | None = None,
    acceptance: Acceptance | None = None,
) -> Summary:
    """Asks for the repair of each, or accepts them all. Of many a worker does so: ``batch_id`` names them."""
    if findings.filter(state__in=UNHEALED).count() > bulk.AT_ONCE:
        stored = store(findings, repair, by=by, environment_id=environment_id, acceptance=acceptance)
        return Summary(unexamined=stored.total, batch_id=stored.pk)
    if acceptance is not None:
        return bulk.accept(findings, acceptance)
    return bulk.ask(findings, repair, by=by)


@transaction.atomic
def store(
    findings: QuerySet[Finding],
    repair: str,
    *,
    by: str,
    environment_id: str | None = None,
    acceptance: Acceptance | None = None,
) -> RepairBatch:
    """What is to be asked for of those that have not healed by now; notifies a worker."""
    ids = bulk.ids_of(findings)
    transaction.on_commit(work.notify)
    return RepairBatch.objects.create(
        repair=repair,
        finding_ids=ids,
        total=len(ids),
        asked_by=by,
        environment_id=environment_id,
        accepted_reason=acceptance.reason if acceptance else "",
        accepted_until=acceptance.until if acceptance else None,
    )


def due(now: datetime) -> QuerySet[RepairBatch]:
    """Those that no worker has, the oldest first."""
    return RepairBatch.objects.filter(leases.free(now), settled_at=None).order_by("created_at")


def expand(*, seconds: float) -> bool:
    """Asks for what is to be asked for, for so long; returns whether more is."""
    until = time.monotonic() + seconds
    for batch_id in list(due(timezone.now()).values_list("pk", flat=True)):
        if not leases.take(RepairBatch.objects.filter(pk=batch_id, settled_at=None), timezone.now(), LEASE):
            continue
        batch = RepairBatch.objects.get(pk=batch_id)
        try:
            while batch.settled_at is None and time.monotonic() < until:
                _ask(batch)
        except LeaseLost:
            continue
        finally:
            leases.release(RepairBatch.objects.filter(pk=batch_id), batch.lease_holder)
    return due(timezone.now()).exists()


def _ask(batch: RepairBatch) -> None:
    """The next chunk, with how far the batch is: a worker that is killed has asked for none of it."""
    with transaction.atomic():
        ids = batch.finding_ids[batch.done : batch.done + CHUNK]
        summary = _asked(batch, ids) if ids else Summary()
        batch.done += len(ids)
        batch.asked, batch.refused = _sum(batch.asked, summary.asked), _sum(batch.refused, summary.refused)
        now = timezone.now()
        batch.settled_at = now if batch.done >= batch.total else None
        names = ("done", "asked", "refused", "settled_at")
        values = {name: getattr(batch, name) for name in names}
        leases.extend(RepairBatch.objects.filter(pk=batch.pk), batch.lease_holder, now, LEASE, **values)


def _asked(batch: RepairBatch, ids: Iterable[str]) -> Summary:
    found = Finding.objects.filter(pk__in=list(ids))
    if batch.repair != Repair.ACCEPT:
        return bulk.ask(found, batch.repair, by=batch.asked_by)
    now = timezone.now()
    if batch.accepted_until is not None and batch.accepted_until <= now:
        return Summary(refused=Counter({"Its time was over before it was accepted.": found.count()}))
    acceptance = Acceptance(batch.asked_by, batch.accepted_reason, batch.accepted_until, now)
    return bulk.accept(found, acceptance)


def _sum(before: dict[str, int], more: Counter[str]) -> dict[str, int]:
    return dict(Counter(before) + more)
