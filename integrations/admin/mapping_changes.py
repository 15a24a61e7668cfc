"""What persons did to mappings, in the admin."""

from django.contrib import admin
from django.utils.html import format_html

from billing.admin.columns import neighbour, prose, state
from billing.admin.links import NOTHING, to_list
from integrations.admin import entity_links, provider_links
from integrations.admin.filters import KindFilter
from integrations.admin.named_rows import NamedRowsAdmin, row_link
from integrations.models import EntityMapping, MappingChange


@admin.display(description="FlexSync")
def entity(change: MappingChange) -> str:
    """Returns a link to the row."""
    return row_link(change)


@admin.display(description="Provider")
def counterpart(change: MappingChange) -> str:
    """Returns a link to the object."""
    return provider_links.link(change.connection, change.entity_type, change.provider_entity_id)


@admin.display(description="Until then")
def before(change: MappingChange) -> str:
    """Returns the pair until then."""
    if not change.before_entity_id:
        return NOTHING
    row = entity_links.link(change.entity_type, change.before_entity_id)
    there = provider_links.link(change.connection, change.entity_type, change.before_provider_entity_id)
    return format_html("{} and {}", row, there)


@admin.display(description="Mapping")
def mapping(change: MappingChange) -> str:
    """Returns a link to the row's mappings as they are now."""
    return to_list("mappings of the row", EntityMapping, q=change.entity_id)


@admin.register(MappingChange)
class MappingChangeAdmin(NamedRowsAdmin):
    how_rows_come = "What persons link, relink and unlink is written down here."
    list_display = ["created_at", state("action"), entity, counterpart, prose("reason"), "done_by"]
    list_display += [neighbour("connection")]
    list_select_related = ["connection"]
    search_fields = ["entity_id__exact", "provider_entity_id__exact", "mapping_id__exact", "id__exact"]
    named_by = ("pk", "entity_id", "provider_entity_id")
    search_help_text = "Id in FlexSync, at the provider, or of a mapping"
    list_filter = ["action", KindFilter, "connection", "created_at"]
    readonly_fields = [state("action"), entity, counterpart, before, mapping]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    (entity, counterpart),
                    (state("action"), before),
                    "reason",
                    ("done_by", "created_at"),
                ]
            },
        ),
        ("Origin", {"fields": [("connection", mapping), ("mapping_id", "id"), "metadata"]}),
    ]
