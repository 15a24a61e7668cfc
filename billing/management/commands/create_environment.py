"""`manage.py create_environment NAME --kind KIND`: makes an environment and prints its id."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from billing.errors import BillingError
from billing.management.operator_command import OperatorCommand
from billing.models import Environment
from billing.services import environments


class Command(OperatorCommand):
    help = "Create an environment and print its id."
    examples = (
        ("create_environment Production --kind production", "prints its id"),
        ("create_environment Trial --json", "of kind sandbox, for programs"),
    )

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
        self.answer({"id": environment.pk, "name": environment.name, "kind": environment.kind})
        self.say(environment.pk)
