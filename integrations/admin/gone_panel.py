"""What is gone at a provider, on the pages where that matters, with the choices."""

from typing import Any

from django.http import HttpRequest

from integrations.mappings.gone import described
from integrations.models import EntityMapping, OutboundSync


def of_entity(request: HttpRequest, entity_id: str) -> dict[str, Any]:
    """Returns the context of the panel for one row, at all connections."""
    return _context(request, {entity_id}, {})


def of_sync(request: HttpRequest, sync: OutboundSync) -> dict[str, Any]:
    """Returns the context of the panel for all that stops the sync."""
    entities = {sync.entity_id, sync.waits_for.rpartition(":")[2]}
    return _context(request, entities, {"connection": sync.connection_id})


def _context(request: HttpRequest, entities: set[str], among: dict[str, str]) -> dict[str, Any]:
    found = EntityMapping.objects.filter(gone_at__isnull=False, entity_id__in=entities - {""}, **among)
    gone = list(found.select_related("connection"))
    for mapping in gone:
        mapping.description = described(mapping)  # type: ignore[attr-defined]
    return {"gone": gone, "may_decide": request.user.has_perm("integrations.change_entitymapping")}
