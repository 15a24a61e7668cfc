"""`manage.py keys`: which API keys there are, and the end of one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db.models import QuerySet
from rich.markup import escape
from rich.table import Table

from billing.errors import BillingError
from billing.management.operator_command import OperatorCommand
from billing.models import ApiKey
from billing.services import environments
from integrations.management.exit_codes import WRONG_USE


class Command(OperatorCommand):
    help = "List API keys, which are never shown whole, or revoke one. Ends with 2 for an unknown key or environment."
    examples = (
        ("keys", "all, those used last first"),
        ("keys --environment Production", "those that open one environment"),
        ("keys --revoke L1s8Rd6u", "refuses whoever uses it, for good"),
        ("keys --json | jq '.[] | select(.revoked | not)'", "for programs"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument("--environment", default="", metavar="NAME_OR_ID", help="those that open it")
        parser.add_argument(
            "--revoke", default="", metavar="PREFIX", help="the key that begins so, before the dot"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Revokes, then lists."""
        found = _keys(options["environment"])
        if options["revoke"]:
            found = found.filter(prefix=options["revoke"].partition(".")[0])
            if not found:
                raise CommandError(f"There is no key {options['revoke']}.", returncode=WRONG_USE)
            environments.revoke_api_key(key=found[0])
        self.answer([_shown(one) for one in found.all()])
        table = Table("key", "name", "environment", "scope", "made (UTC)", "used last (UTC)", "")
        for one in found.all():
            used = f"{one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "never"
            texts = (
                f"{one.prefix}…",
                one.name,
                str(one.environment),
                one.scope,
                f"{one.created:%Y-%m-%d %H:%M}",
                used,
            )
            table.add_row(*map(escape, texts), "[red]revoked[/]" if one.revoked else "")
        self.console.print(table)


def _keys(environment: str) -> QuerySet[ApiKey]:
    found = ApiKey.objects.select_related("environment").order_by("revoked", "-last_used_at", "prefix")
    if not environment:
        return found
    try:
        return found.filter(environment=environments.named(environment))
    except BillingError as refusal:
        raise CommandError(refusal.message, returncode=WRONG_USE) from None


def _shown(key: ApiKey) -> dict[str, Any]:
    names = ("prefix", "name", "environment_id", "scope", "revoked", "created", "expiry_date", "last_used_at")
    return {name: getattr(key, name) for name in names}
