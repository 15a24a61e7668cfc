"""Bulk syncs: many entities are pushed a few at a time; they can be paused, and let other pushes pass."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q

from billing.events import Kind
from integrations.db.causes import without_ids
from integrations.errors import Rejected
from integrations.models import Connection, SyncRun, SyncRunItem
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import OPEN_STATES, Priority, SyncState
from integrations.models.runs import OPEN_RUNS, RunState
from integrations.outbox import syncs
from integrations.queue import dispatch

# Pushes of one run that are under way at a time, and seconds until the next are requested: together more than
# the 100 calls a second that a provider may allow, and few enough that a pause takes effect at once.
WINDOW, ADVANCE_EVERY_SECONDS = 100, 0.5
BATCH, MAX_REASONS = 1000, 20
# How far back its pace is looked for.
LATELY = timedelta(minutes=1)
FAILED = (SyncState.BLOCKED, SyncState.DEAD, SyncState.CANCELLED)


@dataclass(frozen=True)
class Progress:
    """How many of a run's entities are in which state; ``failed``: blocked, dead or cancelled one by one."""

    total: int
    waiting: int
    running: int
    done: int
    failed: int

    @property
    def settled(self) -> int:
        """How many need nothing more."""
        return self.done + self.failed


@dataclass(frozen=True)
class Pace:
    """``per_second``: entities; ``seconds_left``: None where it cannot be told."""

    per_second: float
    seconds_left: float | None


@dataclass(frozen=True)
class Failure:
    """Why some entities failed, how many, and one of them."""

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
    """Stores what is to be pushed, and lets workers begin; a run without entities is done."""
    with transaction.atomic():
        run = SyncRun.objects.create(
            connection=connection, entity_type=kind, choice=dict(choice), started_by=started_by
        )
        run.total = _add_items(run, entity_ids)
        if not run.total:
            run.state, run.settled_at = RunState.DONE, now
        run.save()
        if run.total:
            _notify_on_commit(run)
    return run


def _add_items(run: SyncRun, entity_ids: Iterable[str]) -> int:
    """Stores each entity once; returns how many there are."""
    ids, total = iter(dict.fromkeys(entity_ids)), 0
    while batch := list(islice(ids, BATCH)):
        SyncRunItem.objects.bulk_create(SyncRunItem(run=run, entity_id=entity_id) for entity_id in batch)
        total += len(batch)
    return total


def advance(run_id: str, now: datetime, *, alone: bool = False) -> SyncRun | None:
    """Requests as many pushes as may be under way at a time, and settles the run at its end.

    None when there is nothing to do: the run is paused or settled, or another worker has advanced it just
    now. A process that carries the run out ``alone`` does not look for other workers.
    """
    with transaction.atomic():
        run = _locked(run_id)
        if run is None or run.state != RunState.RUNNING or (_was_just_advanced(run, now) and not alone):
            return None
        if run.connection.status == ConnectionStatus.ARCHIVED:
            return _settle(run, RunState.CANCELLED, now, "The connection was deleted.")
        if not _request_next(run):
            return _settle(run, RunState.DONE, now)
        run.advanced_at = now
        run.save(update_fields=["advanced_at"])
    return run


def _request_next(run: SyncRun) -> int:
    """Requests the next pushes, up to WINDOW under way; returns how many are under way."""
    under_way = run.items.filter(sync__state__in=OPEN_STATES).count()
    next_items = run.items.filter(sync=None)[: max(0, WINDOW - under_way)]
    for item in next_items:
        item.sync = syncs.request(
            connection_id=run.connection_id,
            kind=Kind(run.entity_type),
            entity_id=item.entity_id,
            started_by=run.started_by,
            priority=Priority.BACKFILL,
        )
        item.save(update_fields=["sync"])
    return under_way + len(next_items)


def pause(run_id: str) -> SyncRun:
    """Begins no more pushes until ``resume``; those under way continue. Raises Rejected for a settled run."""
    return _move(run_id, RunState.PAUSED)


def resume(run_id: str) -> SyncRun:
    """Continues where ``pause`` stopped. Raises Rejected for a settled run."""
    return _move(run_id, RunState.RUNNING)


def cancel(run_id: str, now: datetime) -> SyncRun:
    """Begins no more pushes; those under way continue. Raises Rejected for a settled run."""
    with transaction.atomic():
        return _settle(_open(run_id), RunState.CANCELLED, now)


def progress(run: SyncRun) -> Progress:
    """How far the run is."""
    counts = run.items.aggregate(
        waiting=Count("id", filter=Q(sync=None)),
        running=Count("id", filter=Q(sync__state__in=OPEN_STATES)),
        done=Count("id", filter=Q(sync__state=SyncState.DONE)),
        failed=Count("id", filter=Q(sync__state__in=FAILED)),
    )
    return Progress(total=run.total, **counts)


def pace(run: SyncRun, found: Progress, now: datetime) -> Pace:
    """How fast it went in the last minute, and how long the rest takes at that."""
    lately = run.items.filter(sync__settled_at__gt=max(run.created_at, now - LATELY)).count()
    seconds = min((now - run.created_at), LATELY).total_seconds()
    rate = lately / seconds if seconds else 0.0
    return Pace(rate, (found.waiting + found.running) / rate if rate else None)


def failed_rows(run: SyncRun) -> Iterable[tuple[str, str, str, str]]:
    """Of each that failed: its id, its sync, the sync's state, and why."""
    columns = ("entity_id", "sync_id", "sync__state", "sync__last_error")
    return run.items.filter(sync__state__in=FAILED).order_by("id").values_list(*columns).iterator()


def summary(run_id: str) -> dict[str, Any]:
    """The run in a few words, as a task's result keeps it."""
    run = SyncRun.objects.get(pk=run_id)
    return {"run": run.id, "state": run.state, **asdict(progress(run))}


def failures(run: SyncRun) -> list[Failure]:
    """What failed and why, the most frequent reasons first; those that differ only in ids are one."""
    found = run.items.filter(sync__state__in=FAILED).order_by()
    counted = found.values(cause=without_ids(F("sync__last_error"))).annotate(
        count=Count("id"), reason=Min("sync__last_error"), entity=Min("entity_id"), last=Max("sync_id")
    )
    return [
        Failure(row["reason"] or "cancelled", row["count"], row["entity"], row["last"])
        for row in counted.order_by("-count", "reason")[:MAX_REASONS]
    ]


def stalled(now: datetime) -> list[SyncRun]:
    """Running runs that no worker has advanced for a while."""
    lost = dispatch.lost_before(now)
    not_advanced = Q(advanced_at__lte=lost) | Q(advanced_at=None, created_at__lte=lost)
    return list(SyncRun.objects.filter(not_advanced, state=RunState.RUNNING))


def notify(run: SyncRun, *, after: float = 0.0, send: Callable[..., bool] = dispatch.send) -> bool:
    """Notifies a worker of the run in ``after`` seconds; returns whether the broker took the message.

    The task has the run's id, so that its result is one row, which says who started it and how far it is.
    """
    options = {"task_id": run.id, "countdown": after or None, "ignore_result": False}
    return send(dispatch.ADVANCE, run.id, run.started_by, priority=Priority.SYNC, **options)


def _was_just_advanced(run: SyncRun, now: datetime) -> bool:
    """Whether another worker advances the run: two messages must not become two endless chains of them."""
    soon = timedelta(seconds=ADVANCE_EVERY_SECONDS * 0.8)
    return run.advanced_at is not None and now - run.advanced_at < soon


def _move(run_id: str, state: RunState) -> SyncRun:
    with transaction.atomic():
        run = _open(run_id)
        run.state, run.advanced_at = state, None
        run.save(update_fields=["state", "advanced_at"])
        if state == RunState.RUNNING:
            _notify_on_commit(run)
    return run


def _settle(run: SyncRun, state: RunState, now: datetime, reason: str = "") -> SyncRun:
    run.state, run.settled_at, run.reason = state, now, reason
    run.save(update_fields=["state", "settled_at", "reason"])
    return run


def _open(run_id: str) -> SyncRun:
    run = _locked(run_id)
    if run is None or run.state not in OPEN_RUNS:
        state = run.state if run else "deleted"
        raise Rejected(f"This bulk sync is {state} already, so it cannot be paused, resumed or cancelled.")
    return run


def _locked(run_id: str) -> SyncRun | None:
    rows = SyncRun.objects.select_for_update(of=("self",)).select_related("connection")
    return rows.filter(pk=run_id).first()


def _notify_on_commit(run: SyncRun) -> None:
    transaction.on_commit(partial(notify, run))
