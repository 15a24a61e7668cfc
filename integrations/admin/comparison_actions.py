"""The button of a connection's page that compares both sides."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html

from billing.admin.actions import on_row
from billing.admin.links import LINK, row_url
from integrations.models import ComparisonRun, Connection
from integrations.models.comparison_runs import ComparisonState
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


def _beginning(connection: Connection) -> str:
    """What it reads, and how much that was the last time."""
    last = ComparisonRun.objects.filter(connection=connection, state=ComparisonState.DONE).first()
    how_many = f" The last one read {last.objects_seen} objects in {last.calls} calls." if last else ""
    return f"{_READS}{how_many}"


_READS = (
    "Reads the provider's lists, one call for a hundred objects, and compares all of it with what is here, field by field."
    " Nothing is changed: what differs is shown as findings, with a repair for each. Other work goes first."
)


class ComparisonActions:
    """Compare."""

    start_comparison = on_row(
        "Compare",
        explanation=_beginning,
        icon="difference",
        offered=_offered,
    )(compare_sides)
