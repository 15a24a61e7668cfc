"""The button of a connection's page that compares both sides."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html

from billing.admin.actions import on_row
from billing.admin.links import LINK, row_url
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import registry
from integrations.reconcile.comparing import runs


def _offered(connection: Connection) -> bool:
    provider = registry.providers().get(connection.provider)
    return connection.status == ConnectionStatus.ACTIVE and bool(provider and provider.comparables)


def compare_sides(_admin: Any, request: HttpRequest, connection: Connection) -> str:
    """Compares both sides."""
    run = runs.start(connection, started_by=request.user.get_username())
    link = format_html(LINK, row_url(run), "Its page")
    return format_html("The comparison has begun. {} shows how far it is, and what it finds.", link)


class ComparisonActions:
    """Compare."""

    start_comparison = on_row(
        "Compare",
        explanation="Reads the provider's lists, one call for a hundred objects, and compares all of it with what is here,"
        " field by field. Nothing is changed: what differs is shown as findings, with a repair for each. Other work goes first.",
        icon="difference",
        offered=_offered,
    )(compare_sides)
