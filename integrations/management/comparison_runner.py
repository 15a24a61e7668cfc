"""Comparisons at a shell: shows their progress, carries them out, reports what they found."""

import time
from collections.abc import Callable

from django.core.management.base import CommandError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from integrations.management import finding_lines
from integrations.management.exit_codes import FAILED, INTERRUPTED
from integrations.models import ComparisonPart, ComparisonRun, Finding
from integrations.models.comparison_runs import WORKED, ComparisonState
from integrations.reconcile.comparing import findings, work

PAUSE_SECONDS, SLICE_SECONDS, SHOWN = 0.5, 5.0, 20


def follow(console: Console, run_id: str, *, here: bool) -> None:
    """Shows the progress until it ends or is paused; raises CommandError when it is interrupted."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as shown:
            parts = {part.pk: part for part in _parts(run_id)}
            tasks = {pk: shown.add_task(part.name, total=part.expected) for pk, part in parts.items()}

            def update(part: ComparisonPart) -> None:
                total = part.objects_seen if part.is_done else part.expected
                shown.update(tasks[part.pk], completed=part.objects_seen, total=total)

            while _continues(run_id, here, update):
                for part in _parts(run_id):
                    update(part)
            for part in _parts(run_id):
                update(part)
    except KeyboardInterrupt:
        raise CommandError(
            f"Interrupted: workers go on with {run_id}. End it with compare --cancel.", returncode=INTERRUPTED
        ) from None


def report(console: Console, run_id: str) -> None:
    """Prints what was read and found; raises CommandError where anything is open, or it failed."""
    run = ComparisonRun.objects.get(pk=run_id)
    console.print(f"{run.pk} is {run.state}. {escape(run.reason)}".rstrip())
    console.print(_table(run))
    found = findings.open_of(run.connection_id)
    shown = found.select_related("connection")
    for finding in shown.order_by("-amount_at_stake", "-found_at")[:SHOWN]:
        console.print(_line(finding))
    if (more := found.count() - SHOWN) > 0:
        console.print(f"And {more} more.")
    if run.state == ComparisonState.DONE:
        at_stake = ", ".join(f"{amount} {currency}" for currency, amount in run.money_at_stake.items())
        console.print(
            f"{run.found} open ({run.new} new), {run.healed} healed; at stake: {at_stake or 'nothing'}."
        )
    if found or run.state == ComparisonState.FAILED:
        raise CommandError(f"{found.count()} findings are open.", returncode=FAILED)


def _line(finding: Finding) -> str:
    suggested = f" Suggested: {finding.suggested}." if finding.suggested else ""
    return f"[red]{finding.kind}[/] {escape(f'{finding_lines.named(finding)}.{suggested} {finding.why}')}"


def _table(run: ComparisonRun) -> Table:
    table = Table("", "objects", "calls", "found")
    for part in run.parts.all():
        counts = [str(part.objects_seen), str(part.pages), str(part.findings)]
        table.add_row(part.name, *([part.left_out] if part.left_out else counts))
    return table


def _parts(run_id: str) -> list[ComparisonPart]:
    return list(ComparisonPart.objects.filter(run=run_id))


def _continues(run_id: str, here: bool, update: Callable[[ComparisonPart], None]) -> bool:
    """Whether there is more to wait for, after doing a part of it when ``here``."""
    if here and work.work(run_id, seconds=SLICE_SECONDS, progress=update):
        return True
    is_open = ComparisonRun.objects.filter(pk=run_id, state__in=WORKED).exists()
    if is_open:
        time.sleep(PAUSE_SECONDS)
    return is_open
