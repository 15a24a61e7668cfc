"""Imports: started, paused, resumed, cancelled; one at a time for each connection."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from billing.errors import Invalid
from integrations.connections import doubtful_kinds
from integrations.models import Connection, ImportRun
from integrations.models.imports import ImportState, LinkingState
from integrations.queue import dispatch
from integrations.reconcile.importing import parts
from integrations.reconcile.linking import reading, settling
from integrations.reconcile.paging.moves import Moves


def _goes_on(run: ImportRun) -> tuple[str, None]:
    return (ImportState.LINKING if run.linking == LinkingState.OPEN else ImportState.RUNNING), None


def _ended(run: ImportRun, now: datetime) -> None:
    if run.state == ImportState.DONE:
        doubtful_kinds.end(run.connection, parts.read_whole(run))
    settling.go_on(run, now)


MOVES = Moves(ImportRun, "import", "An import from", dispatch.IMPORT, _goes_on, _ended)
pause, resume, cancel, settle = MOVES.pause, MOVES.resume, MOVES.cancel, MOVES.settle
postpone, due, notify = MOVES.postpone, MOVES.due, MOVES.notify


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
    """Stores what is to be imported, and lets a worker begin.

    Raises Conflict while another one is open, Invalid for a ``since`` to come.
    ``names``: of the provider's lists, all unless given. ``here``: the caller carries it out.
    ``links``: whether candidates for links are looked for first, where rows here could be linked.
    """
    if since is not None and since > timezone.now():
        raise Invalid.of({"since": "Send a time that has passed: an import leaves out what is older."})
    wanted = reading.kinds(connection) if links else set()
    with MOVES.beginning(connection):
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
