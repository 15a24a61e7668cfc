"""`manage.py sync_run run_...`: shows how far a bulk sync is; pauses, resumes or cancels it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from billing.management.operator_command import OperatorCommand
from integrations.errors import Rejected
from integrations.management import bulk_sync_runner, documents
from integrations.management.exit_codes import WRONG_USE
from integrations.models import SyncRun
from integrations.outbox import bulk_syncs


class Command(OperatorCommand):
    help = "Shows how far a bulk sync is and what failed. Ends with 1 when something failed, 2 for an unknown id."
    examples = (
        ("sync_run run_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D", "how far it is"),
        ("sync_run run_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D --pause", "starts no more"),
        ("sync_run run_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D --wait --json", "for programs, at its end"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("id", metavar="ID", help="id of a bulk sync")
        actions = parser.add_mutually_exclusive_group()
        actions.add_argument("--pause", action="store_true", help="start no more syncs until it is resumed")
        actions.add_argument("--resume", action="store_true", help="continue where it was paused")
        actions.add_argument("--cancel", action="store_true", help="start no more syncs, for good")
        actions.add_argument("--wait", action="store_true", help="wait until it has ended")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Pauses, resumes or cancels, then reports how far it is."""
        run_id = options["id"]
        if not SyncRun.objects.filter(pk=run_id).exists():
            raise CommandError(f"There is no bulk sync {run_id}.", returncode=WRONG_USE)
        try:
            if options["pause"]:
                bulk_syncs.pause(run_id)
            elif options["resume"]:
                bulk_syncs.resume(run_id)
            elif options["cancel"]:
                bulk_syncs.cancel(run_id, timezone.now())
        except Rejected as refusal:
            raise CommandError(str(refusal), returncode=WRONG_USE) from None
        if options["wait"]:
            bulk_sync_runner.follow(self.console, run_id)
        self.answer(documents.of_bulk_sync(run_id))
        bulk_sync_runner.report(self.console, run_id)
