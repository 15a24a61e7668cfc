"""Prints what a dry run of events found."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from integrations.inbox.dry_run import RETRY, DryRun
from integrations.inbox.snapshots import Difference
from integrations.models.inbound import InboundState

COLOURS: dict[str, str] = {InboundState.APPLIED: "green", InboundState.DEAD: "red", RETRY: "yellow"}


def show(console: Console, rehearsals: Sequence[DryRun]) -> int:
    """Prints each event with its outcome and differences, and a sum; answers how many would not come through."""
    for one in rehearsals:
        colour = COLOURS.get(one.outcome, "dim")
        said = f"{one.outcome}: {one.reason}" if one.reason else one.outcome
        console.print(f"[bold]{one.event.pk}[/] {escape(str(one.event))} [{colour}]{escape(said)}[/]")
        for difference in one.differences:
            console.print(f"  {escape(_line(difference))}")
    found = Counter(str(one.outcome) for one in rehearsals)
    if found:
        console.print(", ".join(f"{count} {outcome}" for outcome, count in sorted(found.items())) + ".")
    return found[InboundState.DEAD] + found[RETRY]


def _line(one: Difference) -> str:
    return f"{one.kind} {one.id or '(new)'}: {one.field} {one.before!r} -> {one.after!r}"
