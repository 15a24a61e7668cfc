"""`manage.py import_from stripe`: brings here what the account has, shows its progress and a report."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from billing.errors import BillingError
from billing.management.operator_command import OperatorCommand
from integrations.connections import selection
from integrations.errors import SyncError
from integrations.management import documents, import_links, import_runner
from integrations.management.commands.replay_events import moment
from integrations.management.exit_codes import WRONG_USE
from integrations.models import Connection, ImportRun
from integrations.models.link_candidates import LinkGrade
from integrations.reconcile.importing import runs

SEVERAL = "There are several connections to {}: name one with --connection."


CONTROLS = ("pause", "resume", "cancel")
# What needs no waiting for the end.
ENOUGH = ("pause", "cancel", "no_wait", "links", "link", "pairs")


class Command(OperatorCommand):
    help = "Imports what a provider's account has. Ends with 1 when something needs a person, 2 for wrong options."
    examples = (
        ("import_from stripe --dry-run", "counts, and changes nothing"),
        ("import_from stripe", "brings here what the account has"),
        ("import_from stripe --links", "what may be the same on both sides"),
        ("import_from stripe --link certain --settle --json", "for programs"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("provider", help="such as stripe")
        parser.add_argument("--connection", default="", metavar="ID", help="needed when there are several")
        parser.add_argument(
            "--since", type=moment, help="leave out invoices, payments and credit notes from before"
        )
        parser.add_argument(
            "--only", action="append", default=[], metavar="LIST", help="such as customers; may be repeated"
        )
        parser.add_argument("--dry-run", action="store_true", help="count, show samples and change nothing")
        parser.add_argument("--here", action="store_true", help="do the work in this process")
        actions = parser.add_mutually_exclusive_group()
        actions.add_argument("--no-wait", action="store_true", help="return as soon as it has begun")
        actions.add_argument("--pause", action="store_true", help="pause the import that is open")
        actions.add_argument("--resume", action="store_true", help="go on with the one that is paused")
        actions.add_argument("--links", action="store_true", help="show the link candidates")
        parser.add_argument(
            "--link",
            action="append",
            default=[],
            choices=LinkGrade.values,
            help="link all candidates of that grade",
        )
        parser.add_argument(
            "--pairs", metavar="FILE", help="link the pairs of a CSV file: entity_id,provider_entity_id"
        )
        parser.add_argument(
            "--settle", action="store_true", help="go on; what is not linked gets rows of its own"
        )
        parser.add_argument("--no-links", action="store_true", help="look for no link candidates")
        actions.add_argument("--cancel", action="store_true", help="end the one that is open")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Starts or controls an import, then shows its progress and its report."""
        try:
            run = self._run(self._connection(options), options)
        except (BillingError, SyncError) as refusal:
            raise CommandError(str(refusal), returncode=WRONG_USE) from None
        if any(options[name] for name in ("links", "link", "pairs")):
            import_links.report(self.console, run)
        if options["settle"] or not any(options[name] for name in ENOUGH):
            import_runner.follow(self.console, run.pk, here=options["here"])
        self.answer(documents.of_import(run.pk))
        import_runner.report(self.console, run.pk)

    def _connection(self, options: dict[str, Any]) -> Connection:
        found = selection.everywhere(options["provider"], options["connection"])
        if len(found) != 1:
            several = SEVERAL.format(options["provider"])
            raise CommandError(several if found else "There is no such connection.", returncode=WRONG_USE)
        return found[0]

    def _run(self, connection: Connection, options: dict[str, Any]) -> ImportRun:
        is_open = ImportRun.objects.filter(connection=connection, settled_at=None).first()
        if any(options[name] for name in (*CONTROLS, *import_links.OPTIONS)):
            if is_open is None:
                raise CommandError(f"No import from {connection} is open.", returncode=WRONG_USE)
            if any(options[name] for name in import_links.OPTIONS):
                return import_links.decide(self.console, is_open, options)
            return _control(is_open.pk, options)
        return runs.start(
            connection,
            started_by="manage.py import_from",
            since=options["since"],
            dry_run=options["dry_run"],
            names=options["only"],
            here=options["here"],
            links=not options["no_links"],
        )


def _control(run_id: str, options: dict[str, Any]) -> ImportRun:
    if options["cancel"]:
        return runs.cancel(run_id, timezone.now())
    return runs.pause(run_id) if options["pause"] else runs.resume(run_id)
