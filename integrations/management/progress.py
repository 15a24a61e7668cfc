"""Waits for queued pushes with a progress bar, doing them in this process when asked."""

import time
from collections.abc import Sequence

from django.utils import timezone
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from integrations.models import OutboundSync
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import worker

PAUSE = 0.2


def bar() -> tuple[ProgressColumn, ...]:
    """How progress is shown."""
    return TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()


def follow(console: Console, syncs: Sequence[str], *, here: bool) -> None:
    """Returns when each of ``syncs`` is settled, or will not be before its next attempt when done ``here``."""
    with Progress(*bar(), console=console) as progress:
        task = progress.add_task("here" if here else "workers", total=len(syncs))
        if here:
            for sync_id in syncs:
                worker.deliver_here(sync_id)
                progress.advance(task)
        while waiting := _open(syncs, here):
            progress.update(task, completed=len(syncs) - waiting)
            time.sleep(PAUSE)
        progress.update(task, completed=len(syncs))


def _open(syncs: Sequence[str], here: bool) -> int:
    """How many are still worked on; without workers only those that another process holds right now."""
    rows = OutboundSync.objects.filter(pk__in=syncs, state__in=OPEN_STATES)
    return (rows.filter(leased_until__gt=timezone.now()) if here else rows).count()
