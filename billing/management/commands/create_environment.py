"""`manage.py create_environment NAME --kind KIND`: makes an environment and prints its id."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.errors import BillingError
from billing.models import Environment
from billing.services import environments


class Command(BaseCommand):
    help = "Create an environment and print its id."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("name")
        parser.add_argument("--kind", choices=Environment.Kind.values, default=Environment.Kind.SANDBOX)

    def handle(self, *_args: Any, name: str, kind: str, **_options: Any) -> None:
        """Prints the id; ends with 1 when the name is taken."""
        try:
            environment = environments.create(name=name, kind=kind)
        except BillingError as error:
            raise CommandError(error.message) from None
        self.stdout.write(environment.pk)
