"""What the commands named `sync_<noun>` share: choose, queue, show the plan or wait, and say what failed."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any, ClassVar

from django.apps import apps
from django.core.management.base import CommandError
from django.db import transaction
from django_rich.management import RichCommand
from rich.markup import escape

from billing.errors import BillingError
from billing.events import Kind
from integrations.connections import selection
from integrations.errors import SyncError
from integrations.management import bulk_sync_runner
from integrations.management.progress import follow
from integrations.models import Connection, OutboundSync
from integrations.models.outbound import OPEN_STATES, SyncState
from integrations.outbox import dry_run
from integrations.outbox import syncs as outbox
from integrations.provider_api import registry

Target = tuple[Connection, str]
FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130


class SyncCommand(RichCommand):
    """Ends with 0 when all is done (or queued), 1 when something failed, 2 for ids or options that cannot be."""

    kind: ClassVar[Kind]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What can be given."""
        parser.add_argument("ids", nargs="*", metavar="ID", help=f"ids of {self.kind}s")
        parser.add_argument(
            "--all-unsynced", action="store_true", help="all that the provider should have and has not"
        )
        parser.add_argument("--provider", default="stripe", help="where to; default: stripe")
        parser.add_argument(
            "--connection", default="", metavar="ID", help="which one, when there are several"
        )
        parser.add_argument("--dry-run", action="store_true", help="show the calls and change nothing")
        parser.add_argument("--wait", action="store_true", help="wait for workers to finish the work")
        parser.add_argument(
            "--here", action="store_true", help="do the work in this process, and wait for it"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Does what was asked; raises CommandError with the exit code."""
        targets = self._targets(options)
        if options["dry_run"]:
            return self._plans(targets)
        if options["all_unsynced"]:
            return bulk_sync_runner.push(
                self.console, self.kind, targets, wait=options["wait"], here=options["here"]
            )
        syncs = self._queue(targets)
        self.console.print(f"{len(syncs)} queued: {', '.join(syncs)}.", soft_wrap=True)
        if not (options["wait"] or options["here"]):
            return None
        try:
            follow(self.console, syncs, here=options["here"])
        except KeyboardInterrupt:
            self._interrupted(syncs)
        return self._report(syncs)

    def _targets(self, options: dict[str, Any]) -> list[Target]:
        """What to push where; raises CommandError for what is unknown."""
        if bool(options["ids"]) == options["all_unsynced"]:
            raise CommandError("Give ids or --all-unsynced, one of the two.", returncode=WRONG_USE)
        try:
            if options["all_unsynced"]:
                connections = selection.everywhere(options["provider"], options["connection"])
                return [(one, row) for one in connections for row in selection.behind(one, self.kind)]
            return [self._target(row_id, options) for row_id in dict.fromkeys(options["ids"])]
        except (BillingError, SyncError) as error:
            raise CommandError(str(error), returncode=WRONG_USE) from None

    def _target(self, row_id: str, options: dict[str, Any]) -> Target:
        row = apps.get_model("billing", self.kind)._default_manager.filter(pk=row_id).first()
        if row is None:
            raise CommandError(f"There is no {self.kind} {row_id}.", returncode=WRONG_USE)
        connection = selection.choose(row.environment_id, options["provider"], options["connection"])
        registry.push(connection.provider, self.kind)
        return connection, row_id

    def _queue(self, targets: Sequence[Target]) -> list[str]:
        """The ids of the syncs, each committed by itself."""
        syncs = []
        for connection, row_id in targets:
            with transaction.atomic():
                sync = outbox.request(
                    connection_id=connection.id,
                    kind=self.kind,
                    entity_id=row_id,
                    started_by=f"manage.py sync_{self.kind}",
                )
            syncs.append(sync.id)
        return syncs

    def _plans(self, targets: Sequence[Target]) -> None:
        """Prints each call that would be made."""
        refused = 0
        for connection, row_id in targets:
            self.console.print(f"[bold]{row_id}[/] -> {escape(connection.name)}")
            try:
                for call in dry_run.plan(connection, self.kind, row_id):
                    said = (
                        f"skipped: {call.skipped}"
                        if call.skipped
                        else f"{call.operation} {call.target or ''}"
                    )
                    self.console.print(
                        f"  {call.step}: {escape(said)} {escape(str(dict(call.params) or ''))}"
                    )
                    for one in call.differences:
                        self.console.print(
                            f"    {escape(one.field)}: {escape(str(one.before))} -> {escape(str(one.after))}"
                        )
            except SyncError as refusal:
                refused += 1
                self.console.print(f"  [red]stops: {escape(str(refusal))}[/]")
        if refused:
            raise CommandError(f"{refused} of {len(targets)} would not come through.", returncode=FAILED)

    def _interrupted(self, syncs: Sequence[str]) -> None:
        left = OutboundSync.objects.filter(pk__in=syncs, state__in=OPEN_STATES).count()
        raise CommandError(
            f"Interrupted: {left} stay queued, and workers go on with them.", returncode=INTERRUPTED
        )

    def _report(self, syncs: Sequence[str]) -> None:
        """Prints what did not come through, with its reason; raises CommandError when there is any."""
        failed = OutboundSync.objects.filter(pk__in=syncs).exclude(state=SyncState.DONE).order_by("id")
        for sync in failed:
            self.console.print(f"[red]{sync.entity_id} {sync.state}[/]: {escape(sync.last_error or 'waits')}")
        if failed:
            raise CommandError(f"{len(failed)} of {len(syncs)} did not come through.", returncode=FAILED)
        self.console.print(f"[green]{len(syncs)} done.[/]")
