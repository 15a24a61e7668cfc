"""`manage.py replay_events ID... | --state dead | --since ...`: applies events again, or a dry run."""

from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from billing.errors import BillingError
from billing.management.operator_command import OperatorCommand
from integrations.inbox import replays
from integrations.inbox.dry_run import DryRun
from integrations.management.dry_run_report import show_events
from integrations.management.exit_codes import FAILED, INTERRUPTED, WRONG_USE
from integrations.models import InboundEvent
from integrations.models.inbound import InboundState

PRUNED = "cannot be replayed, because their payloads were deleted after the retention time"
OPTIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "--state": ("state", "events in this state", {"choices": InboundState.values}),
    "--type": ("type", "events of this type, such as customer.updated", {}),
    "--object": ("object_id", "events about the provider's object with this id", {}),
    "--connection": ("connection_id", "events of this connection", {}),
}


class Command(OperatorCommand):
    help = "Queue events of the inbox, chosen by id, filter or time range, to be applied again by workers."
    examples = (
        ("replay_events evt_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D", "one event"),
        ("replay_events --state dead --dry-run", "what would change"),
        ("replay_events --type invoice.paid --since 2026-11-01 --json", "for programs"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("ids", nargs="*", metavar="ID", help="ids of events (evt_...)")
        for option, (name, explanation, rest) in OPTIONS.items():
            parser.add_argument(option, dest=name, default="", help=explanation, **rest)
        for option, name, explanation in (
            ("--since", "received_after", "received at this time or later"),
            ("--until", "received_before", "received before this time"),
            ("--created-since", "created_after", "happened at the provider at this time or later"),
            ("--created-until", "created_before", "happened at the provider before this time"),
        ):
            parser.add_argument(
                option, dest=name, type=moment, metavar="TIME", help=f"{explanation}; ISO 8601, UTC"
            )
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would change and change nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Replays the events or shows the dry run; raises CommandError with the exit code."""
        options["ids"] = list(dict.fromkeys(options["ids"]))
        try:
            chosen = replays.choose({name: options.get(name) for name in replays.FILTERS})
        except BillingError as error:
            raise CommandError(error.message, returncode=WRONG_USE) from None
        self._refuse_unknown(options["ids"])
        (self._preview if options["dry_run"] else self._replay)(chosen)
        if options["ids"] and chosen.pruned:
            raise CommandError(f"{chosen.pruned} {PRUNED}.", returncode=FAILED)

    def _refuse_unknown(self, ids: list[str]) -> None:
        known = set(InboundEvent.objects.filter(pk__in=ids).values_list("pk", flat=True))
        if unknown := [event_id for event_id in ids if event_id not in known]:
            raise CommandError(f"There is no event {', '.join(unknown)}.", returncode=WRONG_USE)

    def _preview(self, chosen: replays.Chosen) -> None:
        """Prints what would happen; raises CommandError when an event would not be applied."""
        count, dry_runs = chosen.count(), replays.preview(chosen, timezone.now())
        self.answer({"count": count, "events": [_shown(one) for one in dry_runs]})
        failed = show_events(self.console, dry_runs)
        self.console.print(f"{count} would be replayed{_without_payload(chosen)}.")
        if count > len(dry_runs):
            self.console.print(f"Only the first {len(dry_runs)} are shown.")
        if failed:
            raise CommandError(f"{failed} of {len(dry_runs)} would not be applied.", returncode=FAILED)

    def _replay(self, chosen: replays.Chosen) -> None:
        """Replays batch by batch with a progress bar; an interruption keeps the batches that are done."""
        count, done = chosen.count(), 0
        columns = (TextColumn("replayed"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        try:
            with Progress(*columns, console=self.console) as progress:
                bar = progress.add_task("", total=count)
                for batch in replays.replay(chosen):
                    done += len(batch)
                    progress.update(bar, completed=done, total=max(count, done))
        except KeyboardInterrupt:
            message = f"Interrupted: {done} of {count} are queued to be applied again, the rest is unchanged."
            raise CommandError(message, returncode=INTERRUPTED) from None
        self.answer({"replayed": done, "without_payload": chosen.pruned})
        self.console.print(f"{done} queued to be applied again{_without_payload(chosen)}.")


def _without_payload(chosen: replays.Chosen) -> str:
    return f"; {chosen.pruned} {PRUNED}" if chosen.pruned else ""


def _shown(found: DryRun) -> dict[str, Any]:
    changes = [asdict(one) for one in found.differences]
    return {"id": found.event.pk, "outcome": str(found.outcome), "reason": found.reason, "changes": changes}


def moment(text: str) -> datetime:
    """Returns a date or a date and time, in UTC unless it has an offset; raises ArgumentTypeError."""
    try:
        day = parse_date(text)
        found = datetime.combine(day, time()) if day else parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not a date or time. Write 2026-03-01 or 2026-03-01T12:30.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)
