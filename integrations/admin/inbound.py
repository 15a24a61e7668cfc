"""The inbox in the admin: each event, what became of it and why; it can be replayed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from unfold.enums import ActionVariant

from billing.admin.actions import on_row, on_selection
from billing.admin.columns import neighbour, prose, remembered, shortened, state
from billing.admin.links import NOTHING, to_list
from billing.admin.rows import TAB, ReadOnlyAdmin
from integrations.admin.attempts_column import attempts
from integrations.admin.event_links import touched
from integrations.admin.filters import ConflictFilter, EventTypeFilter
from integrations.admin.json_display import folded
from integrations.admin.replay_preview import has_payload, preview_replay
from integrations.inbox import replays
from integrations.models import EntityMapping, InboundEvent


def replayed(_admin: Any, _request: HttpRequest, event: InboundEvent) -> str:
    """Lets the event be applied again."""
    replays.replay_one(event, timezone.now())
    return f"{event} waits to be applied again."


@admin.display(description="Created", ordering="created")
def times(event: InboundEvent) -> str:
    """When it happened there, and when we heard of it."""
    there, here = localtime(event.created), localtime(event.received_at)
    both = '<span class="whitespace-nowrap" title="Received {}">{}<br>received {}</span>'
    return format_html(both, localize(here), localize(there), here.strftime("%H:%M:%S"))


@remembered
@admin.display(description="Payload")
def payload(event: InboundEvent) -> str:
    """What was signed, indented."""
    if event.pruned_at is not None:
        return f"Pruned {localize(localtime(event.pruned_at))}: it cannot be replayed."
    return folded("What was signed", event.payload, opened=True)


@remembered
@admin.display(description="Conflict")
def conflict(event: InboundEvent) -> str:
    """Both sides, and the mappings that either has; what to do about them is in the reason."""
    sides = [(_found(one["ours"]), _found(one["theirs"]), one["because"]) for one in event.conflict or []]
    lines = format_html_join("", '<span class="block">{} here, {} there: {}</span>', sides)
    return lines or NOTHING


def _found(side: str) -> str:
    """Leads to the mappings of what is on one side."""
    return to_list(side, EntityMapping, q=side) if side else "nothing"


@admin.register(InboundEvent)
class InboundEventAdmin(ReadOnlyAdmin):
    list_display = ["type", state("state"), prose("reason"), shortened("object_id"), attempts]
    list_display += [times, neighbour("connection")]
    list_select_related = ["connection"]
    search_fields = ["id__exact", "provider_event_id__exact", "object_id__exact", "type__startswith"]
    search_help_text = "Id of an event or object, or a type"
    list_filter_submit = True
    list_filter = ["state", ConflictFilter, EventTypeFilter, "connection", "received_at"]
    readonly_fields = [state("state"), attempts, touched, conflict, payload]
    fieldsets = [
        (
            None,
            {"fields": [("type", state("state")), "reason", ("connection", attempts), touched]},
        ),
        ("Payload", {"fields": [payload]}),
        ("Times", {"fields": [("created", "received_at"), ("next_attempt_at", "settled_at")], **TAB}),
        (
            "Origin",
            {"fields": [("provider_event_id", "api_version"), ("verified_by", "livemode"), "id"], **TAB},
        ),
    ]
    actions = ["replay_selected"]
    actions_detail = ("replay", "preview_replay")

    replay_selected = on_selection("Replay")(replayed)
    replay = on_row(
        "Replay",
        explanation="The event is applied again as it was received. What is already known of it stays as it is.",
        icon="replay",
        offered=has_payload,
        variant=ActionVariant.PRIMARY,
    )(replayed)
    preview_replay = preview_replay

    def get_fieldsets(self, request: HttpRequest, obj: InboundEvent | None = None) -> Any:
        shown = super().get_fieldsets(request, obj)
        return (
            [*shown[:1], ("Conflict", {"fields": [conflict]}), *shown[1:]] if obj and obj.conflict else shown
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundEvent]:
        return super().get_queryset(request).defer("payload")
