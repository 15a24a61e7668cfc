"""Mappings, events and syncs in responses."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from integrations.api.expansion import provider_url
from integrations.mappings.differences import differences
from integrations.models import EntityMapping, InboundEvent, OutboundCall, OutboundSync

ROW = ("id", "connection_id", "provider")
# What became of an object that is gone at the provider.
GONE = ("gone_at", "gone_reason", "gone_choice", "decided_by", "decided_at", "former_entity_id")


def version_field(once: str) -> serializers.IntegerField:
    """The version of what is no row of billing: what it follows from is said by ``once``."""
    return serializers.IntegerField(
        read_only=True,
        help_text=f"Another number once {once}; the `ETag` of responses, and of `If-Match`.",
    )


class ConnectionRowSerializer(serializers.ModelSerializer[Any]):
    """A row of a connection."""

    connection_id = serializers.CharField(read_only=True)
    provider = serializers.CharField(source="connection.provider", read_only=True)


class KeptDifferenceSerializer(serializers.Serializer[Any]):
    """A field whose values differ and stay so: what is kept as the provider's, and why it is not here."""

    field = serializers.CharField(help_text="By the name of the provider's parameter.")
    ours = serializers.JSONField(allow_null=True)
    theirs = serializers.JSONField(allow_null=True)
    reason = serializers.CharField()


# Generated Python clients import a "Mapping" of their own.
@extend_schema_serializer(component_name="EntityMapping")
class MappingSerializer(ConnectionRowSerializer):
    """Which provider's object is which entity."""

    version = version_field("another pair is meant, its object is gone, or a person has decided about that")
    url = serializers.SerializerMethodField()
    differences = serializers.SerializerMethodField(
        help_text="What differs on both sides and stays so: it is kept as the provider's, and never sent."
    )

    class Meta:
        model = EntityMapping
        fields: tuple[str, ...] = (*ROW, "version", "entity_type", "entity_id", "provider_entity_id", "url", "seen_at", "sent_at",
                  *GONE, "differences", "metadata", "created_at", "updated_at")  # fmt: skip
        read_only_fields = fields

    def get_url(self, mapping: EntityMapping) -> str:
        """Returns the address of the object's page at the provider."""
        return provider_url(mapping)

    @extend_schema_field(KeptDifferenceSerializer(many=True))
    def get_differences(self, mapping: EntityMapping) -> Any:
        """Returns them by the names of their fields."""
        return KeptDifferenceSerializer(differences(mapping), many=True).data


class EventSerializer(ConnectionRowSerializer):
    """An event of the inbox, without its payload."""

    class Meta:
        model = InboundEvent
        fields: tuple[str, ...] = (
            *ROW, "provider_event_id", "type", "object_id", "created", "api_version", "livemode", "state", "reason",
            "attempts", "next_attempt_at", "source", "verified_by", "received_at", "webhook_at",
            "settled_at", "pruned_at",
        )  # fmt: skip
        read_only_fields = fields


class EventDetailSerializer(EventSerializer):
    """An event of the inbox."""

    class Meta(EventSerializer.Meta):
        fields = (*EventSerializer.Meta.fields, "payload")
        read_only_fields = fields


class SyncSerializer(ConnectionRowSerializer):
    """A sync of one entity, without its calls."""

    class Meta:
        model = OutboundSync
        fields: tuple[str, ...] = (
            *ROW, "entity_type", "entity_id", "action", "state", "priority", "step", "attempts",
            "next_attempt_at", "last_error", "waits_for", "started_by", "created_at", "settled_at",
        )  # fmt: skip
        read_only_fields = fields


class CallSerializer(serializers.ModelSerializer[OutboundCall]):
    """One call of a sync; ``seconds``: how long the answer took, None while there is none."""

    seconds = serializers.SerializerMethodField()

    class Meta:
        model = OutboundCall
        fields = ("step", "operation", "target", "state", "params", "detail", "request_id", "idempotency_key",
                  "key_used_at", "started_at", "finished_at", "seconds")  # fmt: skip
        read_only_fields = fields

    @extend_schema_field({"type": ["number", "null"]})
    def get_seconds(self, call: OutboundCall) -> float | None:
        """Returns the seconds from the start to the answer."""
        return (call.finished_at - call.started_at).total_seconds() if call.finished_at else None


class SyncDetailSerializer(SyncSerializer):
    """A sync of one entity, with its calls."""

    calls = CallSerializer(many=True, read_only=True)

    class Meta(SyncSerializer.Meta):
        fields = (*SyncSerializer.Meta.fields, "calls")
        read_only_fields = fields
