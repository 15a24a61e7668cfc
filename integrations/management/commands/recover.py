"""`manage.py recover [CONNECTION...]`: after a backup was restored, brings back what the database forgot."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from billing.errors import BillingError
from billing.management.operator_command import OperatorCommand
from integrations.management.exit_codes import FAILED
from integrations.management.named_connections import named_connections
from integrations.models import Connection
from integrations.reconcile.recovering import recoveries


class Command(OperatorCommand):
    help = "Recover connections after a restore: nothing is sent by them until they are. Ends with 1 when one cannot."
    examples = (
        ("recover", "all connections, after a backup was restored"),
        ("recover conn_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D --json", "one of them, for programs"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("ids", nargs="*", metavar="CONNECTION", help="ids; unless given: all connections")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Starts the recoveries, which workers carry out."""
        begun = [(connection, self._start(connection)) for connection in named_connections(options["ids"])]
        self.answer([{"connection_id": one.pk, "refusal": refusal} for one, refusal in begun])
        if failed := [connection.name for connection, refusal in begun if refusal]:
            raise CommandError(f"Not started: {', '.join(failed)}.", returncode=FAILED)

    def _start(self, connection: Connection) -> str:
        """Why it cannot be, "" where it is begun."""
        try:
            alarm = recoveries.start(connection, by="manage.py recover", now=timezone.now())
        except BillingError as refusal:
            self.console.print(f"{connection}: {refusal}")
            return str(refusal)
        self.console.print(
            f"{connection}: nothing is sent until {alarm.started} is done, and events are polled."
        )
        return ""
