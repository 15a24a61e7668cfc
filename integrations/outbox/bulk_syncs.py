"""Bulk syncs: many entities are pushed a few at a time, so that they can be paused and let everyone else pass."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min, Q

from billing.events import Kind
from integrations.errors import Rejected
from integrations.models import Connection, SyncRun, SyncRunItem
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import OPEN_STATES, Priority, SyncState
from integrations.models.runs import OPEN_RUNS, RunState
from integrations.outbox import syncs
from integrations.queue import dispatch

# Pushes of one run that are under way at a time, and seconds until it is topped up: together more than the 100 calls
# that Stripe takes in a second (page "Rate limits"), few enough that a pause is felt at once.
WINDOW, PAUSE = 100, 0.5
BATCH, EXAMPLES = 1000, 20
FAILED = (SyncState.BLOCKED, SyncState.DEAD, SyncState.CANCELLED)


@dataclass(frozen=True)
class Progress:
    """How many of a run's entities are where; ``failed`` were blocked, given up or cancelled one by one."""

    total: int
    waiting: int
    running: int
    done: int
    failed: int

    @property
    def settled(self) -> int:
        """Those that need nothing more."""
        return self.done + self.failed


@dataclass(frozen=True)
class Failure:
    """Why some entities did not come through, and one of them."""

    reason: str
    count: int
    entity_id: str
    sync_id: str


def start(
    connection: Connection,
    kind: Kind,
    entity_ids: Iterable[str],
    *,
    choice: Mapping[str, Any],
    started_by: str,
    now: datetime,
) -> SyncRun:
    """Writes down what is to be pushed, and lets workers begin; an empty choice is a run that is done."""
    with transaction.atomic():
        run = SyncRun.objects.create(
            connection=connection,
            entity_type=kind,
            choice=dict(choice),
            started_by=started_by,
        )
        ids = iter(dict.fromkeys(entity_ids))
        while batch := list(islice(ids, BATCH)):
            SyncRunItem.objects.bulk_create(SyncRunItem(run=run, entity_id=one) for one in batch)
            run.total += len(batch)
        if not run.total:
            run.state, run.settled_at = RunState.DONE, now
        run.save()
        if run.total:
            _notify(run)
    return run


def advance(run_id: str, now: datetime, *, alone: bool = False) -> SyncRun | None:
    """Asks for as many pushes as may be under way at a time, and notices the end.

    None when there is nothing to do: the run does not run, or another worker has topped it up just now, which whoever
    works the run off ``alone`` does not ask.
    """
    with transaction.atomic():
        run = _locked(run_id)
        if run is None or run.state != RunState.RUNNING or (_is_fresh(run, now) and not alone):
            return None
        if run.connection.status == ConnectionStatus.ARCHIVED:
            return _settle(run, RunState.CANCELLED, now, "The connection was archived.")
        under_way = run.items.filter(sync__state__in=OPEN_STATES).count()
        for item in run.items.filter(sync=None)[: max(0, WINDOW - under_way)]:
            under_way += 1
            item.sync = syncs.request(
                connection_id=run.connection_id,
                kind=Kind(run.entity_type),
                entity_id=item.entity_id,
                started_by=run.started_by,
                priority=Priority.BACKFILL,
            )
            item.save(update_fields=["sync"])
        if not under_way:
            return _settle(run, RunState.DONE, now)
        run.advanced_at = now
        run.save(update_fields=["advanced_at"])
    return run


def pause(run_id: str) -> SyncRun:
    """Begins nothing more until ``resume``; what is under way goes on. Raises Rejected for a settled run."""
    return _move(run_id, RunState.PAUSED)


def resume(run_id: str) -> SyncRun:
    """Goes on where ``pause`` stopped. Raises Rejected for a settled run."""
    return _move(run_id, RunState.RUNNING)


def cancel(run_id: str, now: datetime) -> SyncRun:
    """Begins nothing more, ever; what is under way goes on. Raises Rejected for a settled run."""
    with transaction.atomic():
        return _settle(_open(run_id), RunState.CANCELLED, now)


def progress(run: SyncRun) -> Progress:
    """How far the run is."""
    said = run.items.aggregate(
        waiting=Count("id", filter=Q(sync=None)),
        running=Count("id", filter=Q(sync__state__in=OPEN_STATES)),
        done=Count("id", filter=Q(sync__state=SyncState.DONE)),
        failed=Count("id", filter=Q(sync__state__in=FAILED)),
    )
    return Progress(total=run.total, **said)


def summary(run_id: str) -> dict[str, Any]:
    """The run in a few words, as a task's result keeps it."""
    run = SyncRun.objects.get(pk=run_id)
    return {"run": run.id, "state": run.state, **asdict(progress(run))}


def failures(run: SyncRun) -> list[Failure]:
    """What failed and why, the most frequent reasons first."""
    found = run.items.filter(sync__state__in=FAILED).values("sync__last_error")
    counted = found.annotate(count=Count("id"), entity=Min("entity_id"), sync=Max("sync_id"))
    return [
        Failure(one["sync__last_error"] or "cancelled", one["count"], one["entity"], one["sync"])
        for one in counted.order_by("-count", "sync__last_error")[:EXAMPLES]
    ]


def forgotten(now: datetime) -> list[SyncRun]:
    """Running runs of which no worker was told for a while."""
    lost = dispatch.lost_before(now)
    silent = Q(advanced_at__lte=lost) | Q(advanced_at=None, created_at__lte=lost)
    return list(SyncRun.objects.filter(silent, state=RunState.RUNNING))


def tell(run: SyncRun, *, after: float = 0.0, send: Callable[..., bool] = dispatch.send) -> bool:
    """Tells a worker of the run, ``after`` seconds; answers whether the broker took it.

    The task has the run's id, so that its result is one row, which says who started it and how far it is.
    """
    options = {"task_id": run.id, "countdown": after or None, "ignore_result": False}
    return send(dispatch.ADVANCE, run.id, run.started_by, priority=Priority.SYNC, **options)


def _is_fresh(run: SyncRun, now: datetime) -> bool:
    """Whether another worker takes care of the run: two messages must not become two that go on for ever."""
    return run.advanced_at is not None and now - run.advanced_at < timedelta(seconds=PAUSE * 0.8)


def _move(run_id: str, state: RunState) -> SyncRun:
    with transaction.atomic():
        run = _open(run_id)
        run.state, run.advanced_at = state, None
        run.save(update_fields=["state", "advanced_at"])
        if state == RunState.RUNNING:
            _notify(run)
    return run


def _settle(run: SyncRun, state: RunState, now: datetime, reason: str = "") -> SyncRun:
    run.state, run.settled_at, run.reason = state, now, reason
    run.save(update_fields=["state", "settled_at", "reason"])
    return run


def _open(run_id: str) -> SyncRun:
    run = _locked(run_id)
    if run is None or run.state not in OPEN_RUNS:
        raise Rejected(f"The bulk sync is {run.state if run else 'gone'} already.")
    return run


def _locked(run_id: str) -> SyncRun | None:
    rows = SyncRun.objects.select_for_update(of=("self",)).select_related("connection")
    return rows.filter(pk=run_id).first()


def _notify(run: SyncRun) -> None:
    transaction.on_commit(partial(tell, run))
