"""An event that several rows or objects match: both parties, and a button that sets it right."""

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from billing.admin.columns import remembered
from billing.admin.links import NOTHING, to_list
from integrations.admin import entity_links
from integrations.admin.provider_links import label
from integrations.models import EntityMapping, InboundEvent

_BUTTON = (
    '<a class="border border-base-200 font-medium inline-block mt-1 px-3 py-1.5 rounded-default'
    ' dark:border-base-700" href="{}">{}</a>'
)


@remembered
@admin.display(description="Conflict")
def conflict(event: InboundEvent) -> str:
    """Returns the parties with links to their mappings, and what links a row to the event's object."""
    provider = label(event.connection.provider)
    parties = [
        (_mappings(one["ours"]), provider, _mappings(one["theirs"]), one["because"])
        for one in event.conflict or []
    ]
    line = '<span class="block" style="overflow-wrap: anywhere">FlexSync: {}, {}: {} ({})</span>'
    buttons = [(_button(event, row_id),) for row_id in sorted({one["ours"] for one in event.conflict or []})]
    return format_html_join("", line, parties) + format_html_join(" ", "{}", buttons) or NOTHING


def _mappings(row_id: str) -> str:
    """Returns a link to the mappings of an id of either side."""
    return to_list(row_id, EntityMapping, q=row_id) if row_id else "nothing"


def _button(event: InboundEvent, row_id: str) -> str | SafeString:
    """Returns the button that opens the page on which the object becomes the row's, filled in."""
    found = entity_links.found(row_id)
    if found is None or not event.object_id:
        return ""
    mapping = EntityMapping.objects.filter(connection=event.connection_id, entity_id=row_id).first()
    if mapping is None:
        filled = {"connection": event.connection_id, "kind": found, "row": row_id, "object": event.object_id}
        return _opened("Link by hand", reverse("admin:integrations_entitymapping_link"), filled)
    if mapping.provider_entity_id == event.object_id:
        return ""
    page = reverse("admin:integrations_entitymapping_relink", args=[quote(mapping.pk)])
    return _opened("Relink", page, {"object": event.object_id})


def _opened(text: str, page: str, filled: dict[str, str]) -> SafeString:
    return format_html(_BUTTON, f"{page}?{urlencode(filled)}", text)
