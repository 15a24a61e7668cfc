"""System checks of the registered providers, run before anything else."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

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
