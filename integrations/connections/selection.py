"""Which connection a caller means, and which entities it has not synced."""

from typing import Any, cast

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from billing.errors import Conflict, NotFound
from billing.events import Kind
from billing.persistence.tables import MODELS
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncState
from integrations.provider_api import registry

STOPPED = (SyncState.BLOCKED, SyncState.DEAD, SyncState.CANCELLED)
SEVERAL_CONNECTIONS = "several_connections"


def choose(environment_id: str, provider: str = "", connection_id: str = "") -> Connection:
    """Returns the environment's only connection, or the only one to ``provider``, or ``connection_id``.

    Raises NotFound when there is none, Conflict when there are several.
    """
    if provider and provider not in registry.providers():
        raise NotFound(f"There is no provider {provider!r}.")
    connections = _connections(provider, connection_id, environment_id=environment_id)
    if len(connections) > 1:
        names = ", ".join(f"{connection.id} ({connection.name})" for connection in connections)
        raise Conflict(
            f"There are several connections{_to(provider)}. Choose one of: {names}.",
            code=SEVERAL_CONNECTIONS,
            details={"connection_id": f"Send one of: {names}."},
        )
    return connections[0]


def everywhere(provider: str = "", connection_id: str = "") -> list[Connection]:
    """Returns the connections of all environments to ``provider``, which is needed only if there are several.

    Raises NotFound when there is none, Conflict when they lead to several providers.
    """
    connections = _connections(provider, connection_id)
    providers = sorted({connection.provider for connection in connections})
    if len(providers) > 1:
        raise Conflict(
            f"There are connections to several providers. Choose one of: {', '.join(providers)}.",
            code=SEVERAL_CONNECTIONS,
        )
    return connections


def _connections(provider: str, connection_id: str, **scope: str) -> list[Connection]:
    """Returns the connections in use that match what is given; raises NotFound when there is none."""
    named = {name: value for name, value in (("provider", provider), ("pk", connection_id)) if value}
    found = Connection.objects.filter(**named, **scope).exclude(status=ConnectionStatus.ARCHIVED)
    connections = list(found.order_by("id"))
    if not connections:
        raise NotFound(_none(provider, connection_id))
    return connections


def _none(provider: str, connection_id: str) -> str:
    if connection_id:
        return f"There is no connection {connection_id}{_to(provider)}."
    return f"There is no connection{_to(provider)}. Create one with POST /v1/connections or in the admin."


def _to(provider: str) -> str:
    return f" to {provider}" if provider else ""


def behind(connection: Connection, kind: Kind, rows: QuerySet[Any] | None = None) -> list[str]:
    """Returns the ids of entities without a counterpart at the provider, or whose last sync stopped.

    Looks among ``rows``; unless given: all of the connection's environment. Leaves out archived entities, and
    those that the provider's push does not want (a draft). Oldest first.
    """
    if rows is None:
        rows = cast("QuerySet[Any]", MODELS[kind]._default_manager.all())
        rows = rows.filter(environment_id=connection.environment_id)
    same_entity = {"connection": connection, "entity_type": kind, "entity_id": OuterRef("pk")}
    last_sync = (
        OutboundSync.objects.without_refreshes()
        .filter(**same_entity)
        .order_by("-created_at", "-id")
        .values("state")[:1]
    )
    linked = Exists(EntityMapping.objects.filter(**same_entity))
    rows = rows.alias(linked=linked, last=Subquery(last_sync)).exclude(status="archived")
    return wanted(connection, kind, rows.filter(Q(linked=False) | Q(last__in=STOPPED)))


def wanted(connection: Connection, kind: Kind, rows: QuerySet[Any]) -> list[str]:
    """Returns the ids of those ``rows`` that the provider's push wants, oldest first."""
    is_wanted = registry.push(connection.provider, kind).wanted
    found = rows.order_by("pk").values_list("pk", flat=True)
    return [row_id for row_id in found.iterator() if is_wanted(row_id)]
