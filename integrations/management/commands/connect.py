"""`manage.py connect PROVIDER`: makes a connection, tests it, and registers its webhook endpoint."""

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from getpass import getpass
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from rich.markup import escape

from billing.errors import BillingError
from billing.management.operator_command import OperatorCommand
from billing.services import environments
from integrations.connections import credentials, manage
from integrations.errors import SyncError
from integrations.management.exit_codes import FAILED, WRONG_USE
from integrations.models import Connection
from integrations.models.connections import SWITCHES
from integrations.provider_api import registry


class Command(OperatorCommand):
    help = (
        "Make a connection, ask the provider whose account it is, and register the webhook endpoint. Secrets are asked for,"
        " or read from variables such as STRIPE_SECRET_KEY; never give them as arguments. Ends with 1 when the connection"
        " is made and does not work yet, 2 when it is not made."
    )
    examples = (
        ("connect stripe --environment Production", "asks for the secret key"),
        (
            "connect stripe --environment Trial --switch customer_inbound_enabled",
            "with one thing switched on",
        ),
        ("connect stripe --environment Trial --all-switches --no-webhook --json", "for programs"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("provider", help="such as stripe")
        parser.add_argument("--environment", required=True, metavar="NAME_OR_ID", help="whose rows it syncs")
        parser.add_argument("--name", default="", help="as operators read it; the provider's unless given")
        parser.add_argument(
            "--switch", action="append", default=[], choices=SWITCHES, metavar="SWITCH",
            help=f"what it syncs; may be repeated: {', '.join(SWITCHES)}",
        )  # fmt: skip
        parser.add_argument("--all-switches", action="store_true", help="it syncs everything, both ways")
        parser.add_argument("--no-webhook", action="store_true", help="registers no endpoint")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Makes it, tests it, registers; says how far it came."""
        connection, problem, endpoint = self._made(options), "", ""
        try:
            account = manage.test(connection)
            self.console.print(escape(f"It works: account {account.name} ({account.id})."))
            if not options["no_webhook"]:
                endpoint = credentials.register_webhook(connection, timezone.now()).endpoint_id
                self.console.print(f"Events come to {credentials.webhook_url(connection)} ({endpoint}).")
        except (SyncError, BillingError) as refusal:
            problem = str(refusal)
        self.answer(
            {
                "id": connection.pk,
                "name": connection.name,
                "account_id": connection.account_id,
                "livemode": connection.livemode,
                "webhook_endpoint_id": endpoint,
                "problem": problem,
            }
        )
        if problem:
            advice = f"Mend that, then press “Test” on its page, or run manage.py doctor {connection.pk}."
            raise CommandError(
                f"{connection.pk} is made and does not work yet: {problem} {advice}", returncode=FAILED
            )
        self.console.print("Next: manage.py import_from --dry-run counts what the account has already.")

    def _made(self, options: Mapping[str, Any]) -> Connection:
        provider = registry.providers().get(options["provider"])
        if provider is None:
            known = ", ".join(sorted(registry.providers()))
            raise CommandError(
                f"There is no provider {options['provider']}. There are: {known}.", returncode=WRONG_USE
            )
        try:
            connection = manage.create(
                environment_id=environments.named(options["environment"]).pk,
                provider=options["provider"],
                name=options["name"] or provider.label,
                secrets=self._secrets(options["provider"], provider.credentials, options["no_webhook"]),
                switches={name: options["all_switches"] or name in options["switch"] for name in SWITCHES},
                now=timezone.now(),
            )
        except (SyncError, BillingError) as refusal:
            details = "; ".join(f"{name}: {text}" for name, text in getattr(refusal, "details", {}).items())
            raise CommandError(details or str(refusal), returncode=WRONG_USE) from None
        self.console.print(f"Made {connection.pk}, {escape(connection.name)}.")
        return connection

    def _secrets(self, slug: str, names: Any, has_no_webhook: bool) -> dict[str, str]:
        """From variables; what has none is asked for, but for a signing secret that registering brings."""
        return {name: value for name in names if (value := self._secret(slug, name, has_no_webhook))}

    def _secret(self, slug: str, name: str, has_no_webhook: bool) -> str:
        is_brought = name == credentials.WEBHOOK_SECRET and not has_no_webhook
        known = os.environ.get(f"{slug}_{name}".upper(), "")
        if known or is_brought or self.as_json:
            return known
        return getpass(f"{name.replace('_', ' ')} (empty for none): ")
