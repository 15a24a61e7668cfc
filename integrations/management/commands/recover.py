"""`manage.py recover [CONNECTION...]`: after a backup was restored, brings back what the database forgot."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django_rich.management import RichCommand

from billing.errors import BillingError
from integrations.management.exit_codes import FAILED
from integrations.management.named_connections import named_connections
from integrations.models import Connection
from integrations.reconcile.recovering import recoveries


class Command(RichCommand):
    help = "Recover connections after a restore: nothing is sent by them until they are. Ends with 1 when one cannot."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("ids", nargs="*", metavar="CONNECTION", help="ids; unless given: all connections")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Starts the recoveries, which workers carry out."""
        failed = [
            connection.name for connection in named_connections(options["ids"]) if not self._start(connection)
        ]
        if failed:
            raise CommandError(f"Not started: {', '.join(failed)}.", returncode=FAILED)

    def _start(self, connection: Connection) -> bool:
        try:
            alarm = recoveries.start(connection, by="manage.py recover", now=timezone.now())
        except BillingError as refusal:
            self.console.print(f"{connection}: {refusal}")
            return False
        self.console.print(
            f"{connection}: nothing is sent until {alarm.started} is done, and events are polled."
        )
        return True
