"""``?expand=integrations``: both sides' ids of each item, and how its sync stands."""

from collections.abc import Iterable, Sequence
from typing import Any

from billing.events import Kind
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.provider_api import registry


def load(kind: Kind, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """By our id, one entry for each connection that knows the item: two queries for a whole page."""
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    for pair in EntityMapping.objects.filter(entity_type=kind, entity_id__in=ids).select_related(
        "connection"
    ):
        entries[pair.entity_id, pair.connection_id] = _entry(pair.connection) | {
            "provider_entity_id": pair.provider_entity_id,
            "url": url_of(pair),
            "deleted_there": pair.deleted_there,
        }
    for sync in _newest(kind, ids):
        entry = entries.setdefault((sync.entity_id, sync.connection_id), _entry(sync.connection))
        entry["sync"] = {
            "id": sync.id,
            "state": sync.state,
            "last_error": sync.last_error,
            "settled_at": sync.settled_at,
        }
    found: dict[str, list[dict[str, Any]]] = {}
    for (entity_id, _connection_id), entry in entries.items():
        found.setdefault(entity_id, []).append(entry)
    return found


def url_of(pair: EntityMapping) -> str:
    """The page of their twin at the provider, "" when it has none."""
    provider = registry.providers().get(pair.connection.provider)
    if provider is None:
        return ""
    return provider.object_url(pair.connection.whereabouts(), Kind(pair.entity_type), pair.provider_entity_id)


def _newest(kind: Kind, ids: Sequence[str]) -> Iterable[OutboundSync]:
    """Each item's latest push on each connection."""
    syncs = OutboundSync.objects.filter(entity_type=kind, entity_id__in=ids).select_related("connection")
    return syncs.order_by("entity_id", "connection_id", "-created_at", "-id").distinct(
        "entity_id", "connection_id"
    )


def _entry(connection: Connection) -> dict[str, Any]:
    return {
        "connection_id": connection.id,
        "provider": connection.provider,
        "provider_entity_id": None,
        "url": "",
        "deleted_there": False,
        "sync": None,
    }
