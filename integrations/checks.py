"""System checks of the registered providers, run before anything else."""

from collections.abc import Collection
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from integrations.connections import stored_secrets
from integrations.models.connections import SWITCHES
from integrations.provider_api import registry


@register()
def provider_switches_exist(**_options: Any) -> list[CheckMessage]:
    """Checks that the switch of each route and push is a column of Connection."""
    named = [
        (provider.slug, name, row.switch)
        for provider in registry.providers().values()
        for table in (provider.routes, provider.pushes)
        for name, row in table.items()
        if row.switch is not None
    ]
    return [
        Error(
            f"{slug}: {name} has the switch {switch!r}, which is no column of Connection",
            hint=f"Use one of: {', '.join(SWITCHES)}.",
            id="integrations.E001",
        )
        for slug, name, switch in named
        if switch not in SWITCHES
    ]


@register(Tags.database)
def stored_secrets_open(*, databases: Collection[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """Checks that CREDENTIAL_KEYS opens every stored secret: a connection is broken without its own."""
    # Before the tables are made, by a migration that runs checks too, there is nothing to open.
    if not databases or not stored_secrets.TABLES.issubset(connection.introspection.table_names()):
        return []
    return [
        Warning(
            f"None of CREDENTIAL_KEYS opens {name}",
            hint="Put back the key that it was encrypted with, or store it again. Its connection is broken until then.",
            id="integrations.W001",
        )
        for name in stored_secrets.unopened()
    ]
