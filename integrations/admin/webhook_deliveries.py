"""Events of outbound webhooks and their deliveries in the admin, with each attempt."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from billing import durations
from billing.admin.actions import on_row
from billing.admin.columns import neighbour, prose
from billing.admin.columns import state as state_of
from billing.admin.rows import ReadOnlyAdmin, ReadOnlyInline
from integrations.admin.json_display import folded
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEvent
from integrations.outbound_webhooks import resending
from integrations.outbound_webhooks.resending import Wanted


@admin.display(description="Took")
def took(attempt: WebhookAttempt) -> str:
    """Returns how long the answer took."""
    return durations.words(timedelta(milliseconds=attempt.duration_ms))


class AttemptInline(ReadOnlyInline):
    """Each request, the newest first."""

    model = WebhookAttempt
    fields = ["started_at", "status", took, "error", "response"]
    readonly_fields = fields


@admin.display(description="Object")
def data(event: WebhookEvent) -> str:
    """Returns the object as the event shows it."""
    return folded("As it was sent", event.data, opened=True) or "It was not asked for yet."


@admin.display(description="Changes")
def changes(event: WebhookEvent) -> str:
    """Returns what changed, before and after."""
    return folded("Before and after", event.changes, opened=True)


@admin.display(description="Type", ordering="event__type")
def event_type(delivery: WebhookDelivery) -> str:
    """Returns the type of the event."""
    return delivery.event.type


def send_again(_admin: Any, _request: HttpRequest, delivery: WebhookDelivery) -> str:
    """Sends the event again."""
    resending.resend(delivery.endpoint_id, Wanted(ids=[delivery.event_id]), timezone.now())
    return f"{delivery.event_id} is sent again."


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    how_rows_come = "Each change of a customer, invoice, payment and so on makes an event."
    list_display = ["created_at", "type", "object_id", "sequence", neighbour("environment")]
    list_select_related = ["environment"]
    search_fields = ["object_id__exact", "id__exact", "type__startswith"]
    search_help_text = "Id of an event or object, or how a type begins"
    named_by = ("pk", "object_id")
    list_filter = ["environment", "created_at"]
    readonly_fields = [data, changes]
    fieldsets = [
        (None, {"fields": [("type", "created_at"), ("object_type", "object_id"), ("sequence", "position")]}),
        (None, {"fields": [changes, data, ("shape", "data_at"), ("actor_type", "request_id"), "id"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the objects, which are many."""
        return super().get_queryset(request).defer("data", "changes")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    how_rows_come = "Each event makes one for each endpoint that wants it."
    list_display = ["event_id", event_type, "object_id", state_of("state"), "attempts", "next_attempt_at"]
    list_display += [prose("last_error"), neighbour("endpoint")]
    list_select_related = ["event", "endpoint"]
    search_fields = ["event__id__exact", "object_id__exact"]
    search_help_text = "Id of an event or object"
    named_by = ("event_id", "object_id")
    list_filter = ["state", "endpoint"]
    readonly_fields = [event_type]
    fieldsets = [
        (None, {"fields": [("event", event_type), ("endpoint", "object_id"), ("state", "settled_at")]}),
        (None, {"fields": [("attempts", "next_attempt_at"), "last_error"]}),
    ]
    inlines = [AttemptInline]
    actions_detail = ("send_again",)

    send_again = on_row(
        "Send again",
        explanation="The event is sent again, with the same id: a receiver that has it already leaves it out.",
        icon="replay",
        offered=lambda delivery: delivery.state != "pending",
        variant=ActionVariant.PRIMARY,
    )(send_again)
