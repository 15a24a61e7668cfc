"""The buttons of a connection's page that start an import."""

from typing import Any

from django.http import HttpRequest

from billing.admin.actions import on_row
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import registry
from integrations.reconcile.importing import runs


def _offered(connection: Connection) -> bool:
    provider = registry.providers().get(connection.provider)
    return connection.status == ConnectionStatus.ACTIVE and bool(provider and provider.listings)


def import_all(_admin: Any, request: HttpRequest, connection: Connection) -> str:
    """Brings here what the account has."""
    run = runs.start(connection, started_by=request.user.get_username())
    return f"The import {run.pk} has begun. Imports, in the sidebar, shows how far it is."


def count_for_import(_admin: Any, request: HttpRequest, connection: Connection) -> str:
    """Counts what an import would do."""
    run = runs.start(connection, started_by=request.user.get_username(), dry_run=True)
    return f"The dry run {run.pk} has begun. Imports, in the sidebar, shows what it finds."


class ImportActions:
    """Import, and what it would do."""

    start_import = on_row(
        "Import",
        explanation="Brings here what the account has: plans, prices, customers, subscriptions, invoices, payments and credit"
        " notes, as far as the switches want them. What is here already is linked and followed, never doubled. Other work"
        " goes first.",
        icon="download",
        offered=_offered,
    )(import_all)
    count_import = on_row(
        "Import: dry run",
        explanation="Counts what an import would bring here, link and change. Nothing is changed.",
        icon="calculate",
        offered=_offered,
    )(count_for_import)
