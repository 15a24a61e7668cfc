"""Prints what dry runs found: calls that a sync would make, changes that a replayed event would make."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from integrations.inbox.dry_run import RETRY, DryRun
from integrations.inbox.snapshots import Difference
from integrations.models.inbound import InboundState
from integrations.outbox.dry_run import PlannedCall

COLOURS: dict[str, str] = {InboundState.APPLIED: "green", InboundState.DEAD: "red", RETRY: "yellow"}


def show_calls(console: Console, calls: Sequence[PlannedCall]) -> None:
    """Prints each call with its parameters and what it would change at the provider."""
    for call in calls:
        action = f"skipped: {call.skipped}" if call.skipped else f"{call.operation} {call.target or ''}"
        console.print(f"  {call.step}: {escape(action)} {escape(str(dict(call.params) or ''))}")
        for change in call.differences:
            console.print(f"    {escape(f'{change.field}: {change.before} -> {change.after}')}")


def show_events(console: Console, dry_runs: Sequence[DryRun]) -> int:
    """Prints each event with its outcome and changes, and a total; returns how many would not be applied."""
    for found in dry_runs:
        colour = COLOURS.get(found.outcome, "dim")
        outcome = f"{found.outcome}: {found.reason}" if found.reason else found.outcome
        console.print(f"[bold]{found.event.pk}[/] {escape(str(found.event))} [{colour}]{escape(outcome)}[/]")
        for difference in found.differences:
            console.print(f"  {escape(_line(difference))}")
    counts = Counter(str(found.outcome) for found in dry_runs)
    if counts:
        console.print(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) + ".")
    return counts[InboundState.DEAD] + counts[RETRY]


def _line(change: Difference) -> str:
    return f"{change.kind} {change.id or '(new)'}: {change.field} {change.before!r} -> {change.after!r}"
