"""Mappings in the admin: which provider's object is which of FlexSync's rows."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from billing.admin.columns import neighbour, remembered
from billing.admin.links import NOTHING, joined, to_list
from integrations.admin import provider_links
from integrations.admin.filters import GoneFilter, KindFilter
from integrations.admin.gone_views import GoneViews
from integrations.admin.json_display import folded
from integrations.admin.link_views import LinkViews
from integrations.admin.look_views import LookViews
from integrations.admin.named_rows import NamedRowsAdmin, row_link
from integrations.models import EntityMapping, InboundEvent, MappingChange, OutboundSync

GONE = "Gone at the provider"


@admin.display(description="FlexSync")
def entity(mapping: EntityMapping) -> str:
    """Returns a link to FlexSync's row; of an object without one, what became of it."""
    if not mapping.owner_id:
        return NOTHING if mapping.gone_at else "unlinked by a person"
    return row_link(mapping)


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


@admin.display(description="Decided")
def decided(mapping: EntityMapping) -> str:
    """Returns what a person has chosen, and who."""
    who = f", {mapping.decided_by}" if mapping.decided_by else ""
    return f"{mapping.get_gone_choice_display()}{who}" if mapping.gone_choice else NOTHING


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
    return folded("Show", mapping.metadata)


@admin.register(EntityMapping)
class EntityMappingAdmin(NamedRowsAdmin, GoneViews, LinkViews, LookViews):
    how_rows_come = "A mapping comes with the first event or sync of a row, or with an import."
    list_display = ["created_at", entity, counterpart, neighbour("connection"), "gone_at"]
    list_display += ["seen_at", "sent_at"]
    list_select_related = ["connection"]
    search_fields = ["entity_id__exact", "provider_entity_id__exact", "id__exact", "former_entity_id__exact"]
    search_help_text = "Id in FlexSync or at the provider"
    named_by = ("pk", "entity_id", "provider_entity_id")
    list_filter = [KindFilter, "connection", GoneFilter, "created_at"]
    readonly_fields = [entity, counterpart, history, by_hand, notes, decided]
    actions_detail = (*GoneViews.actions_detail, *LinkViews.actions_detail)
    fieldsets = [
        (None, {"fields": [(entity, counterpart), ("connection", history), ("created_at", by_hand), "id"]}),
        (
            GONE,
            {"fields": [("gone_at", decided), "gone_reason", ("former_entity_id", "decided_at")]},
        ),
        ("Last received from the provider", {"fields": ["seen_at"]}),
        ("Last sent to the provider", {"fields": ["sent_at", notes]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: EntityMapping | None = None) -> Any:
        """Leaves out what is gone where nothing is."""
        found = super().get_fieldsets(request, obj)
        return [one for one in found if one[0] != GONE or (obj is not None and obj.gone_at)]
