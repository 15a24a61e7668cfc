"""Comparisons: started, paused, resumed, cancelled; one at a time for each connection."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from billing.errors import Conflict
from integrations.models import ComparedObject, ComparisonRun, Connection, ImportRun
from integrations.models.comparison_runs import WORKED, ComparisonState
from integrations.models.imports import ImportState, LinkingState
from integrations.queue import dispatch
from integrations.reconcile.comparing import parts
from integrations.reconcile.paging.moves import Moves

IMPORTING = (
    "An import from {} is running, or its links are undecided: both sides are compared once these are decided, and it"
    " has ended or is paused."
)


def settles_at(read_at: datetime) -> datetime:
    """When what differed is looked at again, where all lists were read by then."""
    return read_at + timedelta(seconds=settings.COMPARISON_SETTLE_SECONDS)


def _goes_on(run: ComparisonRun) -> tuple[str, datetime | None]:
    if run.read_at is None:
        return ComparisonState.RUNNING, None
    return ComparisonState.SETTLING, settles_at(run.read_at)


def _ended(run: ComparisonRun, _now: datetime) -> None:
    ComparedObject.objects.filter(run=run).delete()


MOVES = Moves(ComparisonRun, "comparison", "A comparison with", dispatch.COMPARE, _goes_on, _ended)
pause, resume, cancel, settle = MOVES.pause, MOVES.resume, MOVES.cancel, MOVES.settle
postpone, due, notify = MOVES.postpone, MOVES.due, MOVES.notify


def start(
    connection: Connection, *, started_by: str, names: Sequence[str] = (), here: bool = False
) -> ComparisonRun:
    """Stores that both sides are to be compared, and lets a worker begin.

    Raises Conflict while another one is open, or an import runs, and Invalid for an unknown name.
    ``names``: of the provider's lists, all unless given. ``here``: the caller carries it out.
    """
    if imports_now(connection):
        raise Conflict(IMPORTING.format(connection), code="import_open")
    with MOVES.beginning(connection):
        run = ComparisonRun.objects.create(connection=connection, started_by=started_by)
        parts.make(run, names)
        if not here:
            transaction.on_commit(partial(notify, run.pk))
    return run


def imports_now(connection: Connection) -> bool:
    """Whether an import brings here what is there, or is to link it: until then one side is behind."""
    asks = Q(settled_at=None, linking__in=(LinkingState.READING, LinkingState.OPEN))
    found = ImportRun.objects.filter(
        asks | Q(state=ImportState.RUNNING), connection=connection, dry_run=False
    )
    return found.exists()


def try_again(connection: Connection) -> list[ComparisonRun]:
    """Goes on with the one that was given up, not by a person: nobody else would."""
    given_up = ComparisonRun.objects.filter(connection=connection, state=ComparisonState.PAUSED)
    return [resume(one.pk) for one in given_up.exclude(reason="")]


def begin_settling(run: ComparisonRun, now: datetime) -> None:
    """All lists are read: what differs is looked at again once what was under way has had time to arrive."""
    running = ComparisonRun.objects.filter(pk=run.pk, state=ComparisonState.RUNNING)
    running.update(
        state=ComparisonState.SETTLING, read_at=now, next_attempt_at=settles_at(now), failures=0, reason=""
    )


def is_due(run_id: str, now: datetime) -> bool:
    """Whether a worker may go on with it at once."""
    waits = Q(next_attempt_at__gt=now)
    return ComparisonRun.objects.filter(pk=run_id, state__in=WORKED).exclude(waits).exists()
