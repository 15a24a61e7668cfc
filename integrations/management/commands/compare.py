"""`manage.py compare`: compares both sides of a connection, shows its progress and what differs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from billing.errors import BillingError
from billing.management.operator_command import OperatorCommand
from integrations.connections import selection
from integrations.errors import SyncError
from integrations.management import comparison_runner, documents
from integrations.management.exit_codes import WRONG_USE
from integrations.models import ComparisonRun, Connection
from integrations.reconcile.comparing import runs

SEVERAL = "There are several connections: name one with --connection."
CONTROLS = ("pause", "resume", "cancel")
# What needs no waiting for the end.
ENOUGH = ("pause", "cancel", "no_wait")


class Command(OperatorCommand):
    help = "Compare both sides of a connection. Ends with 1 when findings are open, 2 for wrong options."
    examples = (
        ("compare", "compares, and shows what differs"),
        (
            "compare --connection conn_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D --only invoices",
            "one list of one connection",
        ),
        ("compare --here --json", "without workers, for programs"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("--connection", default="", metavar="ID", help="needed when there are several")
        parser.add_argument(
            "--only", action="append", default=[], metavar="LIST", help="such as customers; may be repeated"
        )
        parser.add_argument("--here", action="store_true", help="do the work in this process")
        actions = parser.add_mutually_exclusive_group()
        actions.add_argument("--no-wait", action="store_true", help="return as soon as it has begun")
        actions.add_argument("--pause", action="store_true", help="pause the comparison that is open")
        actions.add_argument("--resume", action="store_true", help="go on with the one that is paused")
        actions.add_argument("--cancel", action="store_true", help="end the one that is open")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Starts or controls a comparison, then shows its progress and its report."""
        try:
            run = _run(_connection(options["connection"]), options)
        except (BillingError, SyncError) as refusal:
            raise CommandError(str(refusal), returncode=WRONG_USE) from None
        if any(options[name] for name in ENOUGH):
            self.answer(documents.of_comparison(run.pk))
            self.console.print(f"{run.pk} is {run.state}.")
            return
        comparison_runner.follow(self.console, run.pk, here=options["here"])
        self.answer(documents.of_comparison(run.pk))
        comparison_runner.report(self.console, run.pk)


def _connection(connection_id: str) -> Connection:
    found = selection.everywhere("", connection_id)
    if len(found) != 1:
        raise CommandError(SEVERAL, returncode=WRONG_USE)
    return found[0]


def _run(connection: Connection, options: dict[str, Any]) -> ComparisonRun:
    if any(options[name] for name in CONTROLS):
        is_open = ComparisonRun.objects.filter(connection=connection, settled_at=None).first()
        if is_open is None:
            raise CommandError(f"No comparison with {connection} is open.", returncode=WRONG_USE)
        return _control(is_open.pk, options)
    started_by = "manage.py compare"
    return runs.start(connection, started_by=started_by, names=options["only"], here=options["here"])


def _control(run_id: str, options: dict[str, Any]) -> ComparisonRun:
    if options["cancel"]:
        return runs.cancel(run_id, timezone.now())
    return runs.pause(run_id) if options["pause"] else runs.resume(run_id)
