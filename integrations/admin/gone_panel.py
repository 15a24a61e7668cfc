"""What is gone at a provider, on the pages where that matters, with the choices."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.urls import reverse

from integrations.admin.gone_views import GoneViews
from integrations.mappings.gone import described
from integrations.models import EntityMapping, OutboundSync


def of_sync(request: HttpRequest, sync: OutboundSync) -> dict[str, Any]:
    """Returns the context of the panel for all that stops the sync."""
    entities = {sync.entity_id, sync.waits_for.rpartition(":")[2]} - {""}
    found = EntityMapping.objects.filter(gone_at__isnull=False, entity_id__in=entities)
    return of(request, found.filter(connection=sync.connection_id).select_related("connection"))


def of(request: HttpRequest, mappings: Iterable[EntityMapping]) -> dict[str, Any]:
    """Returns the context of the panel for mappings whose counterpart is gone."""
    gone: list[Any] = list(mappings)
    for mapping in gone:
        mapping.description, mapping.choices = described(mapping), list(_choices(request, mapping))
    rows = [f"{mapping.entity_type}:{mapping.entity_id}" for mapping in gone]
    may_decide = request.user.has_perm("integrations.change_entitymapping")
    return {"gone": gone, "gone_rows": rows, "may_decide": may_decide}


def _choices(request: HttpRequest, mapping: EntityMapping) -> Iterator[dict[str, str]]:
    query = urlencode({"next": request.get_full_path()})
    for view in (GoneViews.create_anew, GoneViews.archive_here, GoneViews.leave):
        page = reverse(f"admin:integrations_entitymapping_{view.__name__}", args=[quote(mapping.pk)])
        yield {"url": f"{page}?{query}", "label": view.short_description, "variant": view.variant.value}
