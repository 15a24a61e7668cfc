"""The inbox in the admin: each event, its outcome and why; replay and its preview."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.timezone import localtime
from unfold.enums import ActionVariant

from billing.admin.actions import on_row, on_selection
from billing.admin.columns import neighbour, prose, remembered, shortened, state
from billing.admin.rows import TAB, ReadOnlyAdmin
from integrations.admin import rights
from integrations.admin.attempts_column import attempts
from integrations.admin.event_conflict import conflict
from integrations.admin.event_links import related
from integrations.admin.filters import ConflictFilter, EchoFilter, EventTypeFilter
from integrations.admin.json_display import folded
from integrations.admin.replay_preview import has_payload, preview_replay
from integrations.inbox import replays
from integrations.models import InboundEvent


def replay_event(_admin: Any, _request: HttpRequest, event: InboundEvent) -> str:
    """Queues the event to be applied again."""
    replays.replay_one(event, timezone.now())
    return f"{event} is queued to be applied again."


@admin.display(description="Created", ordering="created")
def times(event: InboundEvent) -> str:
    """Returns when it happened at the provider, and when FlexSync received it."""
    created, received = localtime(event.created), localtime(event.received_at)
    both = '<span class="whitespace-nowrap" title="Received {}">{}<br>received {} UTC</span>'
    return format_html(both, localize(received), localize(created), received.strftime("%H:%M:%S"))


@remembered
@admin.display(description="Payload")
def payload(event: InboundEvent) -> str:
    """Returns the payload, indented."""
    if event.pruned_at is not None:
        pruned = localize(localtime(event.pruned_at))
        return f"The payload was deleted {pruned}, after the retention time. The event cannot be replayed."
    return folded("As received", event.payload, opened=True)


@admin.register(InboundEvent)
class InboundEventAdmin(ReadOnlyAdmin):
    how_rows_come = (
        "Events come by webhooks and polls of a connection. If some are missing, see Doctor on "
        "the connection's page."
    )
    right_to_operate = rights.REPLAY
    list_display = ["type", state("state"), prose("reason"), shortened("object_id"), attempts]
    list_display += [times, neighbour("connection")]
    list_select_related = ["connection"]
    search_fields = ["id__exact", "provider_event_id__exact", "object_id__exact", "type__startswith"]
    search_help_text = "Any id of the event, of its object or of the row, or an event type"
    named_by = ("pk", "object_id")
    list_filter_submit = True
    list_before_template = "admin/integrations/echoes_hidden.html"
    list_filter = [
        "state",
        EchoFilter,
        ConflictFilter,
        EventTypeFilter,
        "source",
        "connection",
        "received_at",
    ]
    readonly_fields = [state("state"), attempts, related, conflict, payload]
    fieldsets = [
        (
            None,
            {"fields": [("type", state("state")), "reason", ("connection", attempts), related]},
        ),
        ("Payload", {"fields": [payload]}),
        ("Times", {"fields": [("created", "received_at"), ("next_attempt_at", "settled_at")], **TAB}),
        (
            "Origin",
            {
                "fields": [
                    ("provider_event_id", "api_version"),
                    ("source", "webhook_at"),
                    ("verified_by", "livemode"),
                    "id",
                ],
                **TAB,
            },
        ),
    ]
    actions = ["replay_selected"]
    actions_detail = ("replay", "preview_replay")

    replay_selected = on_selection("Replay")(replay_event)
    replay = on_row(
        "Replay",
        explanation="The event is applied again as it was received. What was applied already is not applied twice.",
        icon="replay",
        offered=has_payload,
        variant=ActionVariant.PRIMARY,
    )(replay_event)
    preview_replay = preview_replay

    def get_fieldsets(self, request: HttpRequest, obj: InboundEvent | None = None) -> Any:
        shown = super().get_fieldsets(request, obj)
        return (
            [*shown[:1], ("Conflict", {"fields": [conflict]}), *shown[1:]] if obj and obj.conflict else shown
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundEvent]:
        return super().get_queryset(request).defer("payload")
