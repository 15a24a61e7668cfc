"""Which worker carries a run out: a page at a time, and each page is a sign of life."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Q

from integrations.db import leases
from integrations.models.long_runs import LongRun

# How long a worker may give no sign of life: a page, with what has to be read for it one by one.
LEASE = timedelta(seconds=90)

RunT = TypeVar("RunT", bound=LongRun)


def claim(model: type[RunT], run_id: str, now: datetime) -> RunT | None:
    """The run, leased to this worker; None while another one has it, or it waits."""
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    rows: Any = model._default_manager
    if not leases.take(rows.filter(due, pk=run_id, state__in=model.WORKED), now, LEASE):
        return None
    found: RunT = rows.select_related("connection").get(pk=run_id)
    return found


def extend(run: LongRun, now: datetime) -> None:
    """Gives a sign of life; raises LeaseLost when it was paused, cancelled or taken over."""
    worked = type(run)._default_manager.filter(pk=run.pk, state__in=run.WORKED)
    leases.extend(worked, run.lease_holder, now, LEASE)


def release(run: LongRun) -> None:
    """Lets another worker go on at once."""
    leases.release(type(run)._default_manager.filter(pk=run.pk), run.lease_holder)
