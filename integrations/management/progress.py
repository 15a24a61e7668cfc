"""Waits for queued syncs with a progress bar, or carries them out in this process."""

from collections.abc import Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from integrations.outbox import worker
from integrations.outbox.wait import wait_for


def bar() -> tuple[ProgressColumn, ...]:
    """Returns the columns of a progress bar."""
    return TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()


def follow(console: Console, syncs: Sequence[str], *, here: bool) -> None:
    """Returns when each of ``syncs`` is settled, or, when done ``here``, waits for a later attempt."""
    with Progress(*bar(), console=console) as progress:
        task = progress.add_task("here" if here else "workers", total=len(syncs))
        if here:
            for sync_id in syncs:
                worker.deliver_here(sync_id)
                progress.advance(task)
        total = len(syncs)
        wait_for(syncs, leased_only=here, progress=lambda left: progress.update(task, completed=total - left))
        progress.update(task, completed=total)
