"""The buttons of a connection's page that start an import."""

from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html

from billing.admin.actions import on_row
from billing.admin.links import LINK, row_url
from integrations.models import Connection, ImportRun
from integrations.models.connections import ConnectionStatus
from integrations.models.imports import ImportState
from integrations.provider_api import registry
from integrations.reconcile.importing import progress, runs


def _offered(connection: Connection) -> bool:
    provider = registry.providers().get(connection.provider)
    return connection.status == ConnectionStatus.ACTIVE and bool(provider and provider.listings)


def import_all(_admin: Any, request: HttpRequest, connection: Connection) -> str:
    """Brings here what the account has."""
    run = runs.start(connection, started_by=request.user.get_username())
    link = format_html(LINK, row_url(run), "Its page")
    return format_html("The import has begun. {} shows how far it is.", link)


def count_for_import(_admin: Any, request: HttpRequest, connection: Connection) -> str:
    """Counts what an import would do."""
    run = runs.start(connection, started_by=request.user.get_username(), dry_run=True)
    link = format_html(LINK, row_url(run), "Its page")
    return format_html("The dry run has begun. {} shows what it finds.", link)


def _beginning(connection: Connection) -> str:
    """What it brings here, how much that was when it was last counted, and what it waits for."""
    counted = ImportRun.objects.filter(connection=connection, state=ImportState.DONE).first()
    how_many = (
        f"There were {progress.of(counted).found} objects when they were last counted ({date_format(counted.created_at)})."
        if counted
        else "How many objects that are is not known before “Import: dry run” has counted them."
    )
    return f"{_BRINGS} {how_many} The import's page follows it."


_BRINGS = (
    "Brings here what the account has: plans, prices, customers, subscriptions, invoices, payments and credit notes, as far"
    " as the switches want them. What is here already is linked and followed, never doubled. Other work goes first."
)


class ImportActions:
    """Import, and what it would do."""

    start_import = on_row(
        "Import",
        explanation=_beginning,
        icon="download",
        offered=_offered,
    )(import_all)
    count_import = on_row(
        "Import: dry run",
        explanation="Counts what an import would bring here, link and change. Nothing is changed.",
        icon="calculate",
        offered=_offered,
    )(count_for_import)
