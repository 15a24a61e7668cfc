"""`manage.py replay_events ID... | --state dead | --since ...`: applies events again, or shows what that would do."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime, time
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django_rich.management import RichCommand
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from billing.errors import BillingError
from integrations.inbox import replays
from integrations.management.dry_run_report import show
from integrations.management.sync_command import FAILED, INTERRUPTED, WRONG_USE
from integrations.models import InboundEvent
from integrations.models.inbound import InboundState

OPTIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "--state": ("state", "those in this state", {"choices": InboundState.values}),
    "--type": ("type", "those of this type, such as customer.updated", {}),
    "--object": ("object_id", "those that speak of the provider's object of this id", {}),
    "--connection": ("connection_id", "those of this connection", {}),
}


class Command(RichCommand):
    help = "Let events of the inbox be applied again by workers: by id, by filter or by time range."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What can be given."""
        parser.add_argument("ids", nargs="*", metavar="ID", help="ids of events (evt_...)")
        for option, (name, told, rest) in OPTIONS.items():
            parser.add_argument(option, dest=name, default="", help=told, **rest)
        for option, name, told in (
            ("--since", "received_after", "received then or later"),
            ("--until", "received_before", "received before then"),
            ("--created-since", "created_after", "happened at the provider then or later"),
            ("--created-until", "created_before", "happened at the provider before then"),
        ):
            parser.add_argument(option, dest=name, type=moment, metavar="TIME", help=f"{told}; ISO 8601, UTC")
        parser.add_argument("--dry-run", action="store_true", help="show the difference and change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Does what was asked; raises CommandError with the exit code."""
        options["ids"] = list(dict.fromkeys(options["ids"]))
        try:
            chosen = replays.choose({name: options.get(name) for name in replays.FILTERS})
        except BillingError as error:
            raise CommandError(error.message, returncode=WRONG_USE) from None
        self._refuse_unknown(options["ids"])
        (self._preview if options["dry_run"] else self._replay)(chosen)
        if options["ids"] and chosen.pruned:
            raise CommandError(f"{chosen.pruned} were pruned and cannot be replayed.", returncode=FAILED)

    def _refuse_unknown(self, ids: list[str]) -> None:
        known = set(InboundEvent.objects.filter(pk__in=ids).values_list("pk", flat=True))
        if unknown := [one for one in ids if one not in known]:
            raise CommandError(f"There is no event {', '.join(unknown)}.", returncode=WRONG_USE)

    def _preview(self, chosen: replays.Chosen) -> None:
        """Prints what would happen; raises CommandError when something would not come through."""
        count, rehearsals = chosen.count(), replays.preview(chosen, timezone.now())
        bad = show(self.console, rehearsals)
        self.console.print(f"{count} would be replayed{_participants(chosen)}.")
        if count > len(rehearsals):
            self.console.print(f"Only the first {len(rehearsals)} are shown.")
        if bad:
            raise CommandError(f"{bad} of {len(rehearsals)} would not come through.", returncode=FAILED)

    def _replay(self, chosen: replays.Chosen) -> None:
        """Replays batch by batch under a progress bar; what is replayed stays so when somebody interrupts."""
        count, done = chosen.count(), 0
        columns = (TextColumn("replayed"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        try:
            with Progress(*columns, console=self.console) as progress:
                bar = progress.add_task("", total=count)
                for batch in replays.replay(chosen):
                    done += len(batch)
                    progress.update(bar, completed=done, total=max(count, done))
        except KeyboardInterrupt:
            said = f"Interrupted: {done} of {count} wait to be applied again, the others stay as they were."
            raise CommandError(said, returncode=INTERRUPTED) from None
        self.console.print(f"{done} wait to be applied again{_participants(chosen)}.")


def _participants(chosen: replays.Chosen) -> str:
    return f", {chosen.pruned} were pruned and cannot be" if chosen.pruned else ""


def moment(text: str) -> datetime:
    """A date or a date and time, in UTC unless it says otherwise; raises ArgumentTypeError."""
    try:
        day = parse_date(text)
        found = datetime.combine(day, time()) if day else parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise ArgumentTypeError(f"{text!r} is no date or time such as 2026-03-01 or 2026-03-01T12:30.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)
