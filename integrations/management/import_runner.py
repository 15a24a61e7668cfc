"""Imports at a shell: shows their progress, carries them out, reports what became of every object."""

import time
from collections.abc import Callable

from django.core.management.base import CommandError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from integrations.management.exit_codes import FAILED, INTERRUPTED
from integrations.models import ImportPart, ImportRun
from integrations.models.imports import ImportOutcome, ImportState
from integrations.reconcile.importing import parts, progress, work

PAUSE_SECONDS, SLICE_SECONDS, SHOWN = 0.5, 5.0, 20


def follow(console: Console, run_id: str, *, here: bool) -> None:
    """Shows the progress until it ends or is paused; raises CommandError when it is interrupted."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as shown:
            tasks = {part.name: shown.add_task(part.name, total=part.expected) for part in _parts(run_id)}

            def update(part: ImportPart) -> None:
                found = parts.found(part)
                total = found if part.is_done else part.expected
                shown.update(tasks[part.name], completed=found, total=total)

            while _continues(run_id, here, update):
                for part in _parts(run_id):
                    update(part)
            for part in _parts(run_id):
                update(part)
    except KeyboardInterrupt:
        raise CommandError(
            f"Interrupted: workers go on with {run_id}. End it with import_from --cancel.",
            returncode=INTERRUPTED,
        ) from None


def report(console: Console, run_id: str) -> None:
    """Prints what became of each list's objects, and what needs a person; raises CommandError for that."""
    run = ImportRun.objects.get(pk=run_id)
    figures = progress.of(run)
    rate = f", {figures.per_second:.0f} a second" if figures.per_second else ""
    console.print(f"{run.pk} is {run.state}: {figures.found} objects{rate}. {escape(run.reason)}".rstrip())
    if run.state == ImportState.LINKING:
        console.print("It waits until link candidates are decided: import_from with --links shows them.")
    console.print(_table(run))
    if run.dry_run:
        _show_samples(console, run)
    findings = run.findings.all()
    for finding in findings[:SHOWN]:
        console.print(f"[red]{finding.provider_entity_id} {finding.outcome}[/]: {escape(finding.reason)}")
    if (more := findings.count() - SHOWN) > 0:
        console.print(f"And {more} more.")
    if findings or run.state == ImportState.FAILED:
        raise CommandError(f"{findings.count()} need a person.", returncode=FAILED)


def _table(run: ImportRun) -> Table:
    table = Table("", *(outcome.value for outcome in ImportOutcome))
    for part in run.parts.all():
        counts = [str(getattr(part, outcome.value)) for outcome in ImportOutcome]
        table.add_row(part.name, *([part.left_out] if part.left_out else counts))
    return table


def _show_samples(console: Console, run: ImportRun) -> None:
    for part in run.parts.all():
        for outcome, shown in part.samples.items():
            for provider_id, label in shown:
                console.print(f"{part.name}, {outcome}: {provider_id} {escape(label)}".rstrip())


def _parts(run_id: str) -> list[ImportPart]:
    return list(ImportPart.objects.filter(run=run_id))


def _continues(run_id: str, here: bool, update: Callable[[ImportPart], None]) -> bool:
    """Whether there is more to wait for, after doing a part of it when ``here``."""
    if here and work.work(run_id, seconds=SLICE_SECONDS, progress=update):
        return True
    is_running = ImportRun.objects.filter(pk=run_id, state=ImportState.RUNNING).exists()
    if is_running:
        time.sleep(PAUSE_SECONDS)
    return is_running
