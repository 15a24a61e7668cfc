"""What the commands `sync_<noun>` share: choose rows, queue them or show a dry run, wait, report failures."""

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core.management.base import CommandError
from django.db import transaction
from rich.markup import escape

from billing.errors import BillingError
from billing.events import Kind
from billing.management.operator_command import OperatorCommand
from billing.persistence.tables import MODELS
from integrations.connections import selection
from integrations.errors import SyncError
from integrations.management import bulk_sync_runner, documents, dry_run_report
from integrations.management.exit_codes import FAILED, INTERRUPTED, WRONG_USE
from integrations.management.progress import follow
from integrations.models import Connection, OutboundSync
from integrations.models.outbound import OPEN_STATES, SyncState
from integrations.outbox import dry_run, syncs
from integrations.provider_api import registry

Target = tuple[Connection, str]
SEVERAL = "Name it with --provider NAME or --connection ID."


class SyncCommand(OperatorCommand):
    """Ends with 0 when all is done (or queued), 1 when something failed, 2 for wrong ids or options."""

    kind: ClassVar[Kind]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("ids", nargs="*", metavar="ID", help=f"ids of {self.kind}s")
        parser.add_argument(
            "--all-unsynced",
            action="store_true",
            help=f"every {self.kind} that the provider should have and does not have",
        )
        parser.add_argument(
            "--provider", default="", help="needed when there are connections to several providers"
        )
        parser.add_argument(
            "--connection",
            default="",
            metavar="ID",
            help="needed when there are several connections to the provider",
        )
        parser.add_argument("--dry-run", action="store_true", help="show the calls and change nothing")
        parser.add_argument("--wait", action="store_true", help="wait until workers have finished")
        parser.add_argument(
            "--here", action="store_true", help="do the work in this process instead of in workers"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Queues the rows or shows the dry run; raises CommandError with the exit code."""
        targets = self._targets(options)
        if options["dry_run"]:
            return self._dry_run(targets)
        if options["all_unsynced"]:
            return self._bulk(targets, options)
        sync_ids = self._queue(targets)
        self.console.print(f"{len(sync_ids)} queued: {', '.join(sync_ids)}.", soft_wrap=True)
        if not (options["wait"] or options["here"]):
            return self.answer(documents.of_syncs(sync_ids))
        try:
            follow(self.console, sync_ids, here=options["here"])
        except KeyboardInterrupt:
            self._interrupted(sync_ids)
        self.answer(documents.of_syncs(sync_ids))
        return self._report(sync_ids)

    def _bulk(self, targets: Sequence[Target], options: Mapping[str, Any]) -> None:
        waits = {"wait": options["wait"], "here": options["here"]}
        run_ids = bulk_sync_runner.push(self.console, self.kind, targets, **waits)
        self.answer([documents.of_bulk_sync(run_id) for run_id in run_ids])
        if any(waits.values()):
            for run_id in run_ids:
                bulk_sync_runner.report(self.console, run_id)

    def _targets(self, options: dict[str, Any]) -> list[Target]:
        """Returns what to send where; raises CommandError for unknown ids, providers and connections."""
        if bool(options["ids"]) == options["all_unsynced"]:
            raise CommandError("Give ids or --all-unsynced, one of the two.", returncode=WRONG_USE)
        try:
            if options["all_unsynced"]:
                connections = selection.everywhere(options["provider"], options["connection"])
                return [(found, row) for found in connections for row in selection.behind(found, self.kind)]
            return [self._target(row_id, options) for row_id in dict.fromkeys(options["ids"])]
        except (BillingError, SyncError) as error:
            advice = f" {SEVERAL}" if getattr(error, "code", "") == selection.SEVERAL_CONNECTIONS else ""
            raise CommandError(f"{error}{advice}", returncode=WRONG_USE) from None

    def _target(self, row_id: str, options: dict[str, Any]) -> Target:
        row = MODELS[self.kind]._default_manager.filter(pk=row_id).first()
        if row is None:
            raise CommandError(f"There is no {self.kind} {row_id}.", returncode=WRONG_USE)
        connection = selection.choose(row.environment_id, options["provider"], options["connection"])
        registry.push(connection.provider, self.kind)
        return connection, row_id

    def _queue(self, targets: Sequence[Target]) -> list[str]:
        """Returns the ids of the syncs, each committed by itself."""
        return [self._request(connection, row_id) for connection, row_id in targets]

    @transaction.atomic
    def _request(self, connection: Connection, row_id: str) -> str:
        started_by = f"manage.py sync_{self.kind}"
        return syncs.request(
            connection_id=connection.id, kind=self.kind, entity_id=row_id, started_by=started_by
        ).id

    def _dry_run(self, targets: Sequence[Target]) -> None:
        """Prints each call that would be made; raises CommandError when a sync would fail."""
        failed, planned = 0, []
        for connection, row_id in targets:
            self.console.print(f"[bold]{row_id}[/] -> {escape(connection.name)}")
            one = {"entity_id": row_id, "connection_id": connection.pk, "calls": [], "refusal": ""}
            try:
                calls = dry_run.plan(connection, self.kind, row_id)
                dry_run_report.show_calls(self.console, calls)
                one["calls"] = documents.of_calls(calls)
            except SyncError as refusal:
                failed += 1
                one["refusal"] = str(refusal)
                self.console.print(f"  [red]would fail: {escape(str(refusal))}[/]")
            planned.append(one)
        self.answer(planned)
        if failed:
            raise CommandError(f"{failed} of {len(targets)} would fail.", returncode=FAILED)

    def _interrupted(self, sync_ids: Sequence[str]) -> None:
        left = OutboundSync.objects.filter(pk__in=sync_ids, state__in=OPEN_STATES).count()
        raise CommandError(
            f"Interrupted: {left} stay queued, and workers continue with them.", returncode=INTERRUPTED
        )

    def _report(self, sync_ids: Sequence[str]) -> None:
        """Prints each failure with its reason; raises CommandError when there is any."""
        failed = OutboundSync.objects.filter(pk__in=sync_ids).exclude(state=SyncState.DONE).order_by("id")
        for sync in failed:
            reason = escape(sync.last_error or "waits for a worker")
            self.console.print(f"[red]{sync.entity_id} {sync.state}[/]: {reason}")
        if failed:
            raise CommandError(f"{len(failed)} of {len(sync_ids)} are not done.", returncode=FAILED)
        self.console.print(f"[green]{len(sync_ids)} done.[/]")
