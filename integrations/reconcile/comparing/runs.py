"""Comparisons: started, paused, resumed, cancelled; one at a time for each connection."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from billing.errors import Conflict
from integrations.db import leases
from integrations.errors import Rejected
from integrations.models import ComparedObject, ComparisonRun, Connection, ImportRun
from integrations.models.comparison_runs import OPEN_COMPARISONS, WORKED, ComparisonState
from integrations.models.imports import ImportState, LinkingState
from integrations.models.outbound import Priority
from integrations.queue import dispatch
from integrations.reconcile.comparing import parts

IMPORTING = (
    "An import from {} is running, or its links are undecided: both sides are compared once these are decided, and it"
    " has ended or is paused."
)


def start(
    connection: Connection, *, started_by: str, names: Sequence[str] = (), here: bool = False
) -> ComparisonRun:
    """Stores that both sides are to be compared, and lets a worker begin.

    Raises Conflict while another one is open, or an import runs, and Invalid for an unknown name.
    ``names``: of the provider's lists, all unless given. ``here``: the caller carries it out.
    """
    if imports_now(connection):
        raise Conflict(IMPORTING.format(connection), code="import_open")
    try:
        with transaction.atomic():
            run = ComparisonRun.objects.create(connection=connection, started_by=started_by)
            parts.make(run, names)
            if not here:
                transaction.on_commit(partial(notify, run.pk))
    except IntegrityError:
        raise Conflict(
            f"A comparison with {connection} is open: wait until it has ended, or cancel it.",
            code="comparison_open",
        ) from None
    return run


def imports_now(connection: Connection) -> bool:
    """Whether an import brings here what is there, or is to link it: until then one side is behind."""
    asks = Q(settled_at=None, linking__in=(LinkingState.READING, LinkingState.OPEN))
    found = ImportRun.objects.filter(
        asks | Q(state=ImportState.RUNNING), connection=connection, dry_run=False
    )
    return found.exists()


def pause(run_id: str) -> ComparisonRun:
    """Begins no other page until ``resume``. Raises Rejected for one that has ended."""
    with transaction.atomic():
        return _moved(_open(run_id), ComparisonState.PAUSED)


def resume(run_id: str) -> ComparisonRun:
    """Goes on where it was paused. Raises Rejected for one that has ended."""
    with transaction.atomic():
        run = _open(run_id)
        at = settles_at(run.read_at) if run.read_at else None
        _moved(run, ComparisonState.SETTLING if at else ComparisonState.RUNNING, at)
        transaction.on_commit(partial(notify, run.pk))
    return run


def try_again(connection: Connection) -> list[ComparisonRun]:
    """Goes on with the one that was given up, not by a person: nobody else would."""
    given_up = ComparisonRun.objects.filter(connection=connection, state=ComparisonState.PAUSED)
    return [resume(one.pk) for one in given_up.exclude(reason="")]


def cancel(run_id: str, now: datetime) -> ComparisonRun:
    """Ends it; the findings stay as they were. Raises Rejected for one that has ended."""
    with transaction.atomic():
        run = _open(run_id)
        _settle(run, ComparisonState.CANCELLED, now, "")
    return run


def begin_settling(run: ComparisonRun, now: datetime) -> None:
    """All lists are read: what differs is looked at again once what was under way has had time to arrive."""
    running = ComparisonRun.objects.filter(pk=run.pk, state=ComparisonState.RUNNING)
    running.update(
        state=ComparisonState.SETTLING, read_at=now, next_attempt_at=settles_at(now), failures=0, reason=""
    )


def settles_at(read_at: datetime) -> datetime:
    """When what differed is looked at again, where all lists were read by then."""
    return read_at + timedelta(seconds=settings.COMPARISON_SETTLE_SECONDS)


def settle(run: ComparisonRun, state: ComparisonState, now: datetime, reason: str = "") -> None:
    """Ends a comparison that this worker has, unless a person did so meanwhile."""
    with transaction.atomic():
        held = ComparisonRun.objects.select_for_update().filter(pk=run.pk, settled_at=None)
        if current := held.first():
            _settle(current, state, now, reason)


def postpone(run: ComparisonRun, reason: str, at: datetime | None) -> None:
    """Goes on ``at`` that time; paused where it is None, because it was tried often enough."""
    with transaction.atomic():
        current = ComparisonRun.objects.select_for_update().get(pk=run.pk)
        current.reason, current.next_attempt_at = run.connection.masked(reason), at
        current.failures = current.failures + 1 if at else 0
        if at is None and current.state in WORKED:
            current.state = ComparisonState.PAUSED
        current.save(update_fields=["reason", "next_attempt_at", "failures", "state"])


def is_due(run_id: str, now: datetime) -> bool:
    """Whether a worker may go on with it at once."""
    waits = Q(next_attempt_at__gt=now)
    return ComparisonRun.objects.filter(pk=run_id, state__in=WORKED).exclude(waits).exists()


def due(now: datetime) -> list[ComparisonRun]:
    """Comparisons that no worker has, and that need not wait."""
    ready = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    return list(ComparisonRun.objects.filter(leases.free(now), ready, state__in=WORKED))


def notify(run_id: str) -> None:
    """Notifies a worker; a second message for the same comparison does nothing."""
    dispatch.send(dispatch.COMPARE, run_id, priority=Priority.BACKFILL)


def _settle(run: ComparisonRun, state: ComparisonState, now: datetime, reason: str) -> None:
    ComparedObject.objects.filter(run=run).delete()
    run.state, run.settled_at, run.reason, run.next_attempt_at = state, now, reason, None
    run.save(update_fields=["state", "settled_at", "reason", "next_attempt_at"])


def _moved(run: ComparisonRun, state: ComparisonState, at: datetime | None = None) -> ComparisonRun:
    run.state, run.failures, run.reason, run.next_attempt_at = state, 0, "", at
    run.save(update_fields=["state", "failures", "reason", "next_attempt_at"])
    return run


def _open(run_id: str) -> ComparisonRun:
    run = ComparisonRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None or run.state not in OPEN_COMPARISONS:
        state = run.state if run else "deleted"
        raise Rejected(f"This comparison is {state} already, so it cannot be paused, resumed or cancelled.")
    return run
