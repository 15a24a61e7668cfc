"""Mappings in the admin: which thing there is which thing here."""

from django.contrib import admin
from django.utils.safestring import SafeString

from billing.admin.columns import flag, neighbour, remembered
from billing.admin.links import joined, to_list
from billing.admin.rows import ReadOnlyAdmin
from integrations.admin import entity_links, provider_links
from integrations.admin.filters import KindFilter
from integrations.admin.json_display import folded
from integrations.models import EntityMapping, InboundEvent, OutboundSync


@admin.display(description="Ours")
def ours(mapping: EntityMapping) -> str:
    """Our row."""
    return entity_links.link(mapping.entity_type, mapping.entity_id)


@admin.display(description="Theirs")
def theirs(mapping: EntityMapping) -> str:
    """Its twin on the provider's pages."""
    return provider_links.link(mapping.connection, mapping.entity_type, mapping.provider_entity_id)


@admin.display(description="History")
def history(mapping: EntityMapping) -> SafeString:
    """What came in and what went out for the pair."""
    return joined(
        [
            to_list("events", InboundEvent, q=mapping.provider_entity_id),
            to_list("syncs", OutboundSync, q=mapping.entity_id),
        ]
    )


@remembered
@admin.display(description="Notes of earlier pushes")
def notes(mapping: EntityMapping) -> str:
    """What pushes noted about the pair."""
    return folded("Show", mapping.metadata, opened=True)


@admin.register(EntityMapping)
class EntityMappingAdmin(ReadOnlyAdmin):
    list_display = ["created_at", ours, theirs, neighbour("connection"), flag("deleted_there")]
    list_display += ["seen_at", "sent_at"]
    list_select_related = ["connection"]
    search_fields = ["entity_id__exact", "provider_entity_id__exact", "id__exact"]
    search_help_text = "Id of either side"
    list_filter = [KindFilter, "connection", "deleted_there", "created_at"]
    readonly_fields = [ours, theirs, history, notes, flag("deleted_there")]
    fieldsets = [
        (None, {"fields": [(ours, theirs), ("connection", history), ("created_at", "id")]}),
        ("Last seen from there", {"fields": [("seen_at", "seen_rank"), flag("deleted_there")]}),
        ("Last sent from here", {"fields": ["sent_at", "sent_fingerprint", notes]}),
    ]
