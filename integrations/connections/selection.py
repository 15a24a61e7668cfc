"""Which connection is meant when a caller names a provider, and what it is behind with."""

from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from billing.errors import Conflict, NotFound
from billing.events import Kind
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncState
from integrations.provider_api import registry

STOPPED = (SyncState.BLOCKED, SyncState.DEAD, SyncState.CANCELLED)


def choose(environment_id: str, provider: str, connection_id: str = "") -> Connection:
    """The environment's connection to ``provider``, or the one called ``connection_id`` of several.

    Raises NotFound when there is none, Conflict when there are several and none was named.
    """
    if provider not in registry.providers():
        raise NotFound(f"There is no provider {provider!r}.")
    found = Connection.objects.filter(environment_id=environment_id, provider=provider)
    found = found.exclude(status=ConnectionStatus.ARCHIVED).order_by("id")
    if connection_id:
        found = found.filter(pk=connection_id)
    connections = list(found)
    if not connections:
        raise NotFound(_none(provider, connection_id))
    if len(connections) > 1:
        said = ", ".join(f"{connection.id} ({connection.name})" for connection in connections)
        raise Conflict(
            f"There are several {provider} connections: say which one with connection_id.",
            code="several_connections",
            details={"connection_id": f"Send one of: {said}."},
        )
    return connections[0]


def everywhere(provider: str, connection_id: str = "") -> list[Connection]:
    """The connections to ``provider`` of all environments, or the one called ``connection_id``; raises NotFound."""
    found = (
        Connection.objects.filter(provider=provider).exclude(status=ConnectionStatus.ARCHIVED).order_by("id")
    )
    connections = list(found.filter(pk=connection_id) if connection_id else found)
    if not connections:
        raise NotFound(_none(provider, connection_id))
    return connections


def _none(provider: str, connection_id: str) -> str:
    if connection_id:
        return f"There is no {provider} connection {connection_id}."
    return f"There is no connection to {provider}. Make one with POST /v1/connections."


def behind(connection: Connection, kind: Kind, rows: QuerySet[Any] | None = None) -> list[str]:
    """The ids of what the provider should have and has not: without a twin there, or whose last push stopped.

    Of ``rows``, all of the connection's environment unless said. What is archived, or what the provider's push does
    not ask for (a draft), is left out. Oldest first.
    """
    if rows is None:
        rows = apps.get_model("billing", kind)._default_manager.filter(
            environment_id=connection.environment_id
        )
    ours = {"connection": connection, "entity_type": kind, "entity_id": OuterRef("pk")}
    last_push = OutboundSync.objects.filter(**ours).order_by("-created_at", "-id").values("state")[:1]
    rows = rows.alias(linked=Exists(EntityMapping.objects.filter(**ours)), last=Subquery(last_push)).exclude(
        status="archived"
    )
    return wanted(connection, kind, rows.filter(Q(linked=False) | Q(last__in=STOPPED)))


def wanted(connection: Connection, kind: Kind, rows: QuerySet[Any]) -> list[str]:
    """The ids of those ``rows`` that the provider's push asks for, oldest first."""
    is_wanted = registry.push(connection.provider, kind).wanted
    found = rows.order_by("pk").values_list("pk", flat=True)
    return [row_id for row_id in found.iterator() if is_wanted(row_id)]
