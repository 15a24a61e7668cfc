"""Mappings in the admin: which provider's object is which of FlexSync's rows."""

from django.contrib import admin
from django.utils.safestring import SafeString

from billing.admin.columns import neighbour, remembered
from billing.admin.links import NOTHING, joined, to_list
from integrations.admin import entity_links, provider_links
from integrations.admin.filters import DeletedFilter, KindFilter
from integrations.admin.json_display import folded
from integrations.admin.link_views import LinkViews
from integrations.models import EntityMapping, InboundEvent, MappingChange, OutboundSync


@admin.display(description="FlexSync")
def entity(mapping: EntityMapping) -> str:
    """Returns a link to FlexSync's row; of an object without one, what became of it."""
    if not mapping.entity_id:
        return NOTHING if mapping.deleted_there else "unlinked by a person"
    return entity_links.link(mapping.entity_type, mapping.entity_id)


@admin.display(description="Provider")
def counterpart(mapping: EntityMapping) -> str:
    """Returns a link to its counterpart on the provider's pages."""
    return provider_links.link(mapping.connection, mapping.entity_type, mapping.provider_entity_id)


@admin.display(description="Linked by hand")
def by_hand(mapping: EntityMapping) -> str:
    """Returns a link to what persons did to the two."""
    found = MappingChange.objects.filter(mapping_id=mapping.pk).first()
    if found is None:
        return NOTHING
    text = f"{found.get_action_display()} by {found.done_by or 'a person'}"
    return to_list(text, MappingChange, q=mapping.pk)


@admin.display(description="Deleted at provider", ordering="deleted_there")
def deleted(mapping: EntityMapping) -> str:
    """Returns "yes" when the provider has deleted its object."""
    return "yes" if mapping.deleted_there else NOTHING


@admin.display(description="History")
def history(mapping: EntityMapping) -> SafeString:
    """Returns links to the events and syncs of the mapping."""
    return joined(
        [
            to_list("events", InboundEvent, q=mapping.provider_entity_id),
            to_list("syncs", OutboundSync, q=mapping.entity_id),
        ]
    )


@remembered
@admin.display(description="Notes of earlier syncs")
def notes(mapping: EntityMapping) -> str:
    """Returns what earlier syncs noted for later ones."""
    return folded("Show", mapping.metadata, opened=True)


@admin.register(EntityMapping)
class EntityMappingAdmin(LinkViews):
    list_display = ["created_at", entity, counterpart, neighbour("connection"), deleted]
    list_display += ["seen_at", "sent_at"]
    list_select_related = ["connection"]
    search_fields = ["entity_id__exact", "provider_entity_id__exact", "id__exact"]
    search_help_text = "Id in FlexSync or at the provider"
    list_filter = [KindFilter, "connection", ("deleted_there", DeletedFilter), "created_at"]
    readonly_fields = [entity, counterpart, history, by_hand, notes, deleted]
    fieldsets = [
        (None, {"fields": [(entity, counterpart), ("connection", history), ("created_at", by_hand), "id"]}),
        ("Last received from the provider", {"fields": [("seen_at", "seen_rank"), deleted]}),
        ("Last sent to the provider", {"fields": ["sent_at", "sent_fingerprint", notes]}),
    ]
