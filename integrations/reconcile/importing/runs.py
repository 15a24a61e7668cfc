"""Imports: started, paused, resumed, cancelled; one at a time for each connection."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Q

from billing.errors import Conflict
from integrations.connections import doubtful_kinds
from integrations.db.leases import free
from integrations.errors import Rejected
from integrations.models import Connection, ImportRun
from integrations.models.imports import OPEN_IMPORTS, ImportState, LinkingState
from integrations.models.outbound import Priority
from integrations.queue import dispatch
from integrations.reconcile.importing import parts
from integrations.reconcile.linking import reading, settling


def start(
    connection: Connection,
    *,
    started_by: str,
    since: datetime | None = None,
    dry_run: bool = False,
    names: Sequence[str] = (),
    here: bool = False,
    links: bool = True,
) -> ImportRun:
    """Stores what is to be imported, and lets a worker begin; raises Conflict while another one is open.

    ``names``: of the provider's lists, all unless given. ``here``: the caller carries it out.
    ``links``: whether candidates for links are looked for first, where rows here could be linked.
    """
    wanted = reading.kinds(connection) if links else set()
    try:
        with transaction.atomic():
            run = ImportRun.objects.create(
                connection=connection,
                started_by=started_by,
                since=since,
                dry_run=dry_run,
                linking=LinkingState.READING if wanted else "",
            )
            parts.make(run, names, wanted)
            if not here:
                transaction.on_commit(partial(notify, run.pk))
    except IntegrityError:
        raise Conflict(
            f"An import from {connection} is open: wait until it has ended, or cancel it.", code="import_open"
        ) from None
    return run


def pause(run_id: str) -> ImportRun:
    """Begins no other page until ``resume``. Raises Rejected for an import that has ended."""
    return _move(run_id, ImportState.PAUSED)


def resume(run_id: str) -> ImportRun:
    """Goes on where it was paused. Raises Rejected for an import that has ended."""
    return _move(run_id, ImportState.RUNNING)


def cancel(run_id: str, now: datetime) -> ImportRun:
    """Ends it; what was brought here stays. Raises Rejected for an import that has ended."""
    with transaction.atomic():
        run = _open(run_id)
        _settle(run, ImportState.CANCELLED, now, "")
        settling.go_on(run, now)
    return run


def settle_links(run: ImportRun, now: datetime, *, rest_apart: bool, by: str) -> None:
    """Goes on with the links that were decided; see settling.settle."""
    with transaction.atomic():
        settling.settle(run, now, rest_apart=rest_apart, by=by)
        transaction.on_commit(partial(notify, run.pk))


def waive_links(run: ImportRun, now: datetime) -> None:
    """Goes on without those that are asked for: only ids in metadata link. See settling.waive."""
    with transaction.atomic():
        settling.waive(run, now)
        transaction.on_commit(partial(notify, run.pk))


def settle(run: ImportRun, state: ImportState, now: datetime, reason: str = "") -> None:
    """Ends an import that this worker has, unless a person did so meanwhile."""
    with transaction.atomic():
        held = ImportRun.objects.select_for_update().filter(pk=run.pk, settled_at=None)
        if current := held.first():
            _settle(current, state, now, reason)
            if state == ImportState.DONE:
                doubtful_kinds.end(current.connection, parts.read_whole(current))
            settling.go_on(current, now)


def postpone(run: ImportRun, reason: str, at: datetime | None) -> None:
    """Goes on ``at`` that time; paused where it is None, because it was tried often enough."""
    with transaction.atomic():
        current = ImportRun.objects.select_for_update().get(pk=run.pk)
        current.reason, current.next_attempt_at = run.connection.masked(reason), at
        current.failures = current.failures + 1 if at else 0
        if at is None and current.state == ImportState.RUNNING:
            current.state = ImportState.PAUSED
        current.save(update_fields=["reason", "next_attempt_at", "failures", "state"])


def due(now: datetime) -> list[ImportRun]:
    """Running imports that no worker has, and that need not wait."""
    ready = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    return list(ImportRun.objects.filter(free(now), ready, state=ImportState.RUNNING))


def notify(run_id: str) -> None:
    """Notifies a worker; a second message for the same import does nothing."""
    dispatch.send(dispatch.IMPORT, run_id, priority=Priority.BACKFILL)


def _settle(run: ImportRun, state: ImportState, now: datetime, reason: str) -> None:
    run.state, run.settled_at, run.reason, run.next_attempt_at = state, now, reason, None
    run.save(update_fields=["state", "settled_at", "reason", "next_attempt_at"])


def _move(run_id: str, state: ImportState) -> ImportRun:
    with transaction.atomic():
        run = _open(run_id)
        if run.linking == LinkingState.OPEN and state == ImportState.RUNNING:
            state = ImportState.LINKING
        run.state, run.failures, run.reason, run.next_attempt_at = state, 0, "", None
        run.save(update_fields=["state", "failures", "reason", "next_attempt_at"])
        if state == ImportState.RUNNING:
            transaction.on_commit(partial(notify, run.pk))
    return run


def _open(run_id: str) -> ImportRun:
    run = ImportRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None or run.state not in OPEN_IMPORTS:
        state = run.state if run else "deleted"
        raise Rejected(f"This import is {state} already, so it cannot be paused, resumed or cancelled.")
    return run
