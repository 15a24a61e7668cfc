"""Events of outbound webhooks in responses, as webhooks send them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.models.audit import AuditAction
from integrations.models import WebhookEvent
from integrations.outbound_webhooks import messages
from integrations.outbound_webhooks.event_types import KINDS, TYPES

ANYTHING = {"type": "object", "additionalProperties": True}


class WebhookEventSerializer(serializers.Serializer[WebhookEvent]):
    """One change of one object, as webhooks send it."""

    id = serializers.CharField(help_text="The same in all attempts: `webhook-id`.")
    type = serializers.ChoiceField(choices=TYPES)
    timestamp = serializers.DateTimeField(help_text="When it changed.")
    environment_id = serializers.CharField()
    cursor = serializers.CharField(help_text="Send it as `after` to `/v1/changes`.")
    object_type = serializers.ChoiceField(choices=KINDS)
    object_id = serializers.CharField()
    sequence = serializers.IntegerField(help_text="Counts the events of the object, from 1.")
    action = serializers.ChoiceField(choices=[one.value for one in AuditAction])
    shape = serializers.CharField(help_text="In which `data` is shown.")
    data = serializers.SerializerMethodField()  # type: ignore[assignment]  # the name is the specification's
    data_at = serializers.DateTimeField(help_text="When the object was as in `data`.")
    previous = serializers.SerializerMethodField()
    actor_type = serializers.CharField(
        help_text="Who changed it: api_key, operator, event, answer, command, task."
    )
    request_id = serializers.CharField(help_text="The `X-Request-ID` of the request that did; or empty.")
    data_omitted = serializers.BooleanField(
        required=False,
        help_text="Only in webhooks: the object is too large, and has to be read by its own call.",
    )

    def to_representation(self, instance: WebhookEvent) -> dict[str, Any]:
        """As webhooks send it."""
        return messages.shown(instance)

    @extend_schema_field(ANYTHING | {"description": "The object, as its own call shows it."})
    def get_data(self, event: WebhookEvent) -> Any:
        """Returns the object."""
        return event.data

    @extend_schema_field(ANYTHING | {"description": "The fields that changed, with what they held before."})
    def get_previous(self, event: WebhookEvent) -> Any:
        """Returns what was before."""
        return messages.previous(event)


class ChangesSerializer(serializers.Serializer[Any]):
    """Events in the order in which they were published."""

    items = WebhookEventSerializer(many=True)
    next = serializers.CharField(help_text="Send it as `after` next time, also when there are no items.")
    has_more = serializers.BooleanField(help_text="Whether there are more already.")
