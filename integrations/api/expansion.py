"""``?expand=integrations``: each item's id at every provider, and the state of its sync."""

from collections.abc import Iterable, Sequence
from typing import Any

from billing.events import Kind
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.provider_api import registry


def load(kind: Kind, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Returns, by entity id, an entry for each connection that knows the item: two queries in all."""
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    mappings = EntityMapping.objects.filter(entity_type=kind, entity_id__in=ids)
    for mapping in mappings.select_related("connection"):
        entries[mapping.entity_id, mapping.connection_id] = _entry(mapping.connection) | {
            "provider_entity_id": mapping.provider_entity_id,
            "url": provider_url(mapping),
            "gone_at": mapping.gone_at,
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


def provider_url(mapping: EntityMapping) -> str:
    """Returns the address of the counterpart's page at the provider, "" when it has none."""
    provider = registry.providers().get(mapping.connection.provider)
    if provider is None:
        return ""
    account = mapping.connection.whereabouts()
    return provider.object_url(account, Kind(mapping.entity_type), mapping.provider_entity_id)


def _newest(kind: Kind, ids: Sequence[str]) -> Iterable[OutboundSync]:
    """Returns each item's latest sync on each connection, without those that only read."""
    syncs = OutboundSync.objects.without_refreshes().filter(entity_type=kind, entity_id__in=ids)
    return (
        syncs.select_related("connection")
        .order_by("entity_id", "connection_id", "-created_at", "-id")
        .distinct("entity_id", "connection_id")
    )


def _entry(connection: Connection) -> dict[str, Any]:
    return {
        "connection_id": connection.id,
        "provider": connection.provider,
        "provider_entity_id": None,
        "url": "",
        "gone_at": None,
        "sync": None,
    }
