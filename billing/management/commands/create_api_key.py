"""`manage.py create_api_key --environment NAME_OR_ID`: makes an API key and prints it, once."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from billing.errors import BillingError
from billing.management.operator_command import OperatorCommand
from billing.models import ApiKey, Environment
from billing.services import environments


class Command(OperatorCommand):
    help = "Create an API key for one environment and print it; it is not stored and never shown again."
    examples = (
        ("create_api_key --environment Production --name Shop", "prints the key, once"),
        ("create_api_key --environment Production --scope read --json", "one that may only read"),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument(
            "--environment", required=True, metavar="NAME_OR_ID", help="The environment that the key opens."
        )
        parser.add_argument("--name", default="API key", help="The key's name in the admin.")
        parser.add_argument("--scope", choices=ApiKey.Scope.values, default=ApiKey.Scope.WRITE)
        parser.add_argument(
            "--create-environment",
            choices=Environment.Kind.values,
            metavar="KIND",
            help="Create the environment, of this kind, if it does not exist: production, sandbox or development.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prints the key, and nothing else, on stdout; ends with 1 when there is no such environment."""
        wanted, kind = options["environment"], options["create_environment"]
        try:
            environment = environments.named(wanted, create_kind=kind)
            key, text = environments.create_api_key(
                environment=environment, name=options["name"], scope=options["scope"]
            )
        except BillingError as error:
            raise CommandError(error.message) from None
        named = {"id": key.pk, "prefix": key.prefix, "environment_id": environment.pk, "scope": key.scope}
        self.answer({**named, "key": text})
        self.say(text)
        self.stderr.write(f"Opens {environment} ({options['scope']}). It is not shown again: keep it safe.")
