"""Bulk syncs at a shell: starts them, shows their progress, carries them out, reports failures."""

import time
from collections.abc import Sequence
from itertools import groupby

from django.core.management.base import CommandError
from django.utils import timezone
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from billing.events import Kind
from integrations.management.exit_codes import FAILED, INTERRUPTED
from integrations.management.progress import bar
from integrations.models import Connection, OutboundSync, SyncRun
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import bulk_syncs, worker

PAUSE_SECONDS = 0.2


def push(
    console: Console, kind: Kind, targets: Sequence[tuple[Connection, str]], *, wait: bool, here: bool
) -> list[str]:
    """Starts a bulk sync for each connection of ``targets``, and waits for it; returns their ids."""
    if not targets:
        console.print("Everything is synced already.")
    begun = []
    for connection, chosen in groupby(targets, key=lambda target: target[0]):
        run = bulk_syncs.start(
            connection,
            kind,
            (row_id for _, row_id in chosen),
            choice={"unsynced": True},
            started_by=f"manage.py sync_{kind}",
            now=timezone.now(),
        )
        console.print(f"{run.total} queued as {run.id}, to {escape(connection.name)}.", soft_wrap=True)
        begun.append(run.id)
        if wait or here:
            follow(console, run.id, here=here)
    return begun


def follow(console: Console, run_id: str, *, here: bool = False) -> None:
    """Shows the progress until it ends or, when done ``here``, until only later attempts are left.

    Raises CommandError when it is interrupted.
    """
    try:
        with Progress(*bar(), console=console) as shown:
            total = SyncRun.objects.get(pk=run_id).total
            task = shown.add_task("here" if here else "workers", total=total)
            while _continues(run_id, here):
                shown.update(task, completed=bulk_syncs.progress(SyncRun.objects.get(pk=run_id)).settled)
                time.sleep(0 if here else PAUSE_SECONDS)
            shown.update(task, completed=bulk_syncs.progress(SyncRun.objects.get(pk=run_id)).settled)
    except KeyboardInterrupt:
        raise CommandError(
            f"Interrupted: workers continue. See how far they are with sync_run {run_id}; stop them with"
            f" sync_run {run_id} --cancel.",
            returncode=INTERRUPTED,
        ) from None


def report(console: Console, run_id: str) -> None:
    """Prints how far it is, and what failed and why; raises CommandError when something failed."""
    run = SyncRun.objects.get(pk=run_id)
    progress = bulk_syncs.progress(run)
    console.print(
        f"{run.id} is {run.state}: {progress.done} done, {progress.failed} failed,"
        f" {progress.running} under way, {progress.waiting} waiting."
    )
    for failure in bulk_syncs.failures(run):
        console.print(f"[red]{failure.count} x[/] {escape(failure.reason)} (such as {failure.entity_id})")
    if progress.failed:
        raise CommandError(f"{progress.failed} of {progress.total} failed.", returncode=FAILED)


def _continues(run_id: str, here: bool) -> bool:
    """Returns whether there is more to wait for, after doing a part of the work when ``here``."""
    if here:
        return _work(run_id)
    return SyncRun.objects.filter(pk=run_id, settled_at=None).exists()


def _work(run_id: str) -> bool:
    """Carries out here the syncs that are due; returns False when only later attempts are left."""
    now = timezone.now()
    bulk_syncs.advance(run_id, now, alone=True)
    due = OutboundSync.objects.filter(run_items__run=run_id, state__in=OPEN_STATES, next_attempt_at__lte=now)
    before = bulk_syncs.progress(SyncRun.objects.get(pk=run_id))
    for sync_id in list(due.values_list("pk", flat=True)):
        worker.deliver_here(sync_id)
    return bulk_syncs.progress(SyncRun.objects.get(pk=run_id)) != before or before.waiting > 0
