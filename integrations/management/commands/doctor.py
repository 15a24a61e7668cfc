"""`manage.py doctor [CONNECTION...]`: says whether connections can work, and what to do where they cannot."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from rich.table import Table

from billing.errors import BillingError
from billing.management.operator_command import OperatorCommand
from integrations.errors import SyncError
from integrations.management.exit_codes import FAILED
from integrations.management.named_connections import named_connections
from integrations.models import Connection
from integrations.reconcile.doctor import doctor, proof
from integrations.reconcile.doctor.findings import Report, Severity

COLOURS = {"ok": "green", "unknown": "cyan", "warning": "yellow", "error": "red"}


class Command(OperatorCommand):
    help = "Examine connections. Ends with 1 when something is wrong, 2 for an unknown id, 0 otherwise."
    examples = (
        ("doctor", "all connections"),
        (
            "doctor conn_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D --prove",
            "changes something harmless, and waits for its webhook",
        ),
        ("doctor --json", "for programs"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("ids", nargs="*", metavar="CONNECTION", help="ids; unless given: all connections")
        parser.add_argument(
            "--prove", action="store_true", help="first change something harmless, and wait for its webhook"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Examines and reports; raises CommandError with the exit code."""
        connections = named_connections(options["ids"])
        if options["prove"]:
            for connection in connections:
                self._prove(connection)
        reports = [doctor.examine(connection, timezone.now()) for connection in connections]
        self.answer([report.shown() for report in reports])
        for report in reports:
            self._show(report)
        if ill := [report.name for report in reports if not report.is_well]:
            raise CommandError(f"Something is wrong with {', '.join(ill)}.", returncode=FAILED)

    def _prove(self, connection: Connection) -> None:
        try:
            came = proof.prove(connection)
        except (SyncError, BillingError) as refusal:
            message = f"{connection}: {refusal}"
        else:
            message = f"{connection}: its webhook " + ("came." if came else "did not come in time.")
        self.console.print(message)

    def _show(self, report: Report) -> None:
        table = Table("", "check", "finding", "what to do", title=f"{report.name} ({report.connection_id})")
        for finding in report.findings:
            word = finding.severity.word
            code = f"{finding.code}: " if finding.severity > Severity.OK else ""
            table.add_row(
                f"[{COLOURS[word]}]{word}[/]", finding.check, code + finding.message, finding.advice
            )
        self.console.print(table)
