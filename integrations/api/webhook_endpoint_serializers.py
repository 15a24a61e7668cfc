"""Webhook endpoints and their deliveries in requests and responses: secrets are shown once, when made."""

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from billing.api.fields import TextInput
from billing.api.strict import StrictInput
from integrations.api.connection_input import LONGEST_OVERLAP
from integrations.api.history_serializers import version_field
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookSecret
from integrations.models.webhook_deliveries import DeliveryState
from integrations.outbound_webhooks.event_types import WANTED


class WebhookEndpointInput(StrictInput):
    """A new endpoint."""

    example = {
        "url": "https://example.com/flexsync",
        "event_types": ["invoice.*", "payment.succeeded"],
        "description": "Our books",
    }

    url = TextInput(max_length=2000)
    description = TextInput(max_length=500, required=False, allow_blank=True)
    event_types = serializers.ListField(
        child=TextInput(max_length=60),
        required=False,
        max_length=len(WANTED),
        help_text="`[]` for all.",
    )
    enabled = serializers.BooleanField(required=False)
    headers = serializers.DictField(
        child=TextInput(),
        required=False,
        help_text="Sent with each webhook. Their values are never shown again.",
    )
    secret = TextInput(
        required=False, max_length=200, help_text="`whsec_` and base64; a new one is made unless given."
    )


class WebhookEndpointChange(WebhookEndpointInput):
    """What changes; `event_types` and `headers` are replaced as a whole."""

    url = TextInput(max_length=2000, required=False)
    secret = None  # type: ignore[assignment]  # it has a call of its own


class WebhookSecretInput(StrictInput):
    """Another secret; for the overlap, both sign."""

    secret = TextInput(
        required=False, max_length=200, help_text="`whsec_` and base64; a new one is made unless given."
    )
    overlap_seconds = serializers.IntegerField(
        default=24 * 3600,
        min_value=0,
        max_value=LONGEST_OVERLAP,
        help_text="How long the old ones sign, too.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Returns the arguments of endpoints.rotate."""
        return {"secret": attrs.get("secret", ""), "overlap": timedelta(seconds=attrs["overlap_seconds"])}


class ResendInput(StrictInput):
    """Which events are sent again: at least one of `event_ids`, `since`, `object_id` and `state`."""

    example = {"since": "2026-03-01T09:30:00Z"}

    event_ids = serializers.ListField(
        child=TextInput(max_length=40), required=False, min_length=1, max_length=1000
    )
    since = serializers.DateTimeField(required=False, help_text="Everything that changed since then.")
    until = serializers.DateTimeField(required=False)
    types = serializers.ListField(child=serializers.ChoiceField(choices=sorted(WANTED)), required=False)
    object_id = TextInput(max_length=40, required=False)
    state = serializers.ChoiceField(choices=DeliveryState.choices, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Returns the fields of resending.Wanted."""
        named = {name: value for name, value in attrs.items() if name != "event_ids"}
        return named | {"ids": attrs.get("event_ids", [])}


class ResentSerializer(serializers.Serializer[Any]):
    """How many events were queued again."""

    queued = serializers.IntegerField()


class AnswerSerializer(serializers.Serializer[Any]):
    """What came of a test."""

    is_success = serializers.BooleanField(help_text="Whether the answer was a 2xx.")
    status = serializers.IntegerField(allow_null=True, help_text="Of the answer; null where none came.")
    duration_ms = serializers.IntegerField()
    error = serializers.CharField(help_text="Why no answer came; or empty.")
    response = serializers.CharField(help_text="The first 2 KB of the answer.")


class WebhookSecretSerializer(serializers.ModelSerializer[WebhookSecret]):
    """A secret that signs, without itself."""

    class Meta:
        model = WebhookSecret
        fields = ("last4", "created_at", "expires_at")
        read_only_fields = fields


class WebhookEndpointSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """An address that events are sent to."""

    environment_id = serializers.CharField(read_only=True)
    version = version_field(
        "its settings or secrets have changed, also by FlexSync, which disables what fails"
    )
    secrets = WebhookSecretSerializer(many=True, read_only=True)

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = (
            "id", "environment_id", "version", "url", "description", "event_types", "enabled", "shape", "header_names", "secrets",
            "disabled_at", "disabled_reason", "failing_since", "failures", "last_error", "last_success_at",
            "next_attempt_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class NewWebhookEndpointSerializer(WebhookEndpointSerializer):
    """An endpoint with its new secret, which is never shown again."""

    secret = serializers.CharField(
        read_only=True, help_text="Empty where the request is repeated under its `Idempotency-Key`."
    )
    secret_note = serializers.CharField(read_only=True, help_text="What to do with it, or without it.")

    class Meta(WebhookEndpointSerializer.Meta):
        fields = (*WebhookEndpointSerializer.Meta.fields, "secret", "secret_note")
        read_only_fields = fields


class WebhookAttemptSerializer(serializers.ModelSerializer[WebhookAttempt]):
    """One request."""

    class Meta:
        model = WebhookAttempt
        fields = ("started_at", "duration_ms", "status", "error", "response")
        read_only_fields = fields


class WebhookDeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """An event that the endpoint gets, with the attempts, the newest first."""

    event_id = serializers.CharField(read_only=True)
    type = serializers.CharField(source="event.type", read_only=True)
    attempts = WebhookAttemptSerializer(source="attempts_made", many=True, read_only=True)
    next_attempt_at = serializers.SerializerMethodField()

    class Meta:
        model = WebhookDelivery
        fields = (
            "event_id", "type", "object_id", "state", "next_attempt_at", "last_error", "settled_at", "attempts",
        )  # fmt: skip
        read_only_fields = fields

    def get_next_attempt_at(self, delivery: WebhookDelivery) -> str | None:
        """Returns when it is tried (again); null once it is settled."""
        is_open = delivery.state == DeliveryState.PENDING
        return serializers.DateTimeField().to_representation(delivery.next_attempt_at) if is_open else None
