"""Which worker carries an import out."""

from datetime import datetime, timedelta

from django.db.models import Q

from integrations.db import leases
from integrations.models import ImportRun
from integrations.models.imports import ImportState

# How long a worker may give no sign of life: a page, with what has to be read for it one by one.
LEASE = timedelta(seconds=90)


def claim(run_id: str, now: datetime) -> ImportRun | None:
    """The running import, leased to this worker; None while another one has it, or it waits."""
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    if not leases.take(ImportRun.objects.filter(due, pk=run_id, state=ImportState.RUNNING), now, LEASE):
        return None
    return ImportRun.objects.select_related("connection").get(pk=run_id)


def extend(run: ImportRun, now: datetime) -> None:
    """Gives a sign of life; raises LeaseLost when it was paused, cancelled or taken over."""
    running = ImportRun.objects.filter(pk=run.pk, state=ImportState.RUNNING)
    leases.extend(running, run.lease_holder, now, LEASE)


def release(run: ImportRun) -> None:
    """Lets another worker go on at once."""
    leases.release(ImportRun.objects.filter(pk=run.pk), run.lease_holder)
