"""The action of billing's lists that starts a bulk sync of the selected rows for each connection."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from billing.admin.links import to_row
from billing.admin.selections import Selection
from billing.events import Kind
from integrations.admin import rights
from integrations.admin.long_work import notices
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.outbox import bulk_syncs
from integrations.provider_api import registry


def question(kind: Kind, rows: QuerySet[Any]) -> str:
    """Returns how many of what are sent where, and which of the connections is stopped."""
    counted = dict(
        rows.order_by()
        .values_list("environment")
        .annotate(number=Count("pk"))
        .values_list("environment", "number")
    )
    found = list(_connections(kind).filter(environment__in=counted))
    noun = kind.replace("_", " ")
    sent = (f"{counted[one.environment_id]} {noun}s to {one}" for one in found)
    total = ", ".join(sent) or "nothing: no connection in the environment of these rows takes them"
    return f"Sends {total}. What is there already as it is here is not sent again. {notices(found)}".strip()


def sync_selected(request: HttpRequest, kind: Kind, rows: QuerySet[Any]) -> None:
    """Starts the bulk syncs in the operator's name, and links to them."""
    started = 0
    for connection in _connections(kind).filter(
        environment__in=rows.order_by().values("environment").distinct()
    ):
        chosen = rows.filter(environment=connection.environment_id).order_by("pk")
        run = bulk_syncs.start(
            connection,
            kind,
            chosen.values_list("pk", flat=True),
            choice={"selected": "in the admin"},
            started_by=str(request.user.get_username()),
            now=timezone.now(),
        )
        started += 1
        messages.success(request, format_html("Started {}. Workers send its rows.", to_row(run)))
    if not started:
        messages.error(
            request,
            f"Nothing was synced: no connection in the environment of these rows takes {kind}s."
            " Add a connection first.",
        )


def _offered(request: HttpRequest, kind: Kind) -> bool:
    return bool(request.user.has_perm(rights.PUSH)) and _connections(kind).exists()


def _connections(kind: Kind) -> QuerySet[Connection]:
    """Returns the connections whose provider takes rows of this kind."""
    taking = [slug for slug, provider in registry.providers().items() if kind in provider.pushes]
    return Connection.objects.filter(provider__in=taking).exclude(status=ConnectionStatus.ARCHIVED)


SYNC_SELECTED = Selection("sync_selected", "Sync to connections", sync_selected, question, _offered)
