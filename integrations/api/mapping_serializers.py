"""Links by hand: what callers send, and what they see before and after."""

from typing import Any

from rest_framework import serializers

from billing.api.strict import StrictInput
from billing.errors import Invalid
from integrations.api.filters import KINDS
from integrations.api.history_serializers import ROW, ConnectionRowSerializer
from integrations.models import MappingChange

LONGEST_ID, LONGEST_PROVIDER_ID, LONGEST_REASON = 40, 255, 500


def reason_field() -> serializers.CharField:
    """Why a person does it."""
    return serializers.CharField(
        max_length=LONGEST_REASON,
        default="",
        allow_blank=True,
        help_text="Why; kept with who did it. Only a dry run needs none.",
    )


class LinkInput(StrictInput):
    """The pair to link."""

    example = {
        "entity_type": "customer",
        "entity_id": "cust_01JD...",
        "provider_entity_id": "cus_Q1w2e3",
        "reason": "Signed up at Stripe before.",
    }

    entity_type = serializers.ChoiceField(KINDS)
    entity_id = serializers.CharField(max_length=LONGEST_ID)
    provider_entity_id = serializers.CharField(max_length=LONGEST_PROVIDER_ID)
    provider = serializers.CharField(
        max_length=50, default="", help_text="Needed when there are connections to several."
    )
    connection_id = serializers.CharField(
        max_length=40, default="", help_text="Needed when there are several connections."
    )
    reason = reason_field()


class RelinkInput(StrictInput):
    """The row or the object that is the right one."""

    example = {"provider_entity_id": "cus_Q1w2e3", "reason": "The other one is a duplicate."}

    entity_id = serializers.CharField(
        max_length=LONGEST_ID, default="", help_text="The row that the object is."
    )
    provider_entity_id = serializers.CharField(
        max_length=LONGEST_PROVIDER_ID, default="", help_text="The object that the row is."
    )
    reason = reason_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if bool(attrs["entity_id"]) == bool(attrs["provider_entity_id"]):
            raise Invalid.of({"body": "Send either entity_id or provider_entity_id."})
        return attrs


class FieldSerializer(serializers.Serializer[Any]):
    """One field, by the name of the provider's parameter."""

    field = serializers.CharField()
    ours = serializers.JSONField(allow_null=True)
    theirs = serializers.JSONField(allow_null=True)
    differs = serializers.BooleanField()


class GoesOnSerializer(serializers.Serializer[Any]):
    """The ids of stopped work that is tried again then."""

    syncs = serializers.ListField(child=serializers.CharField())
    events = serializers.ListField(child=serializers.CharField())


class LinkPreviewSerializer(serializers.Serializer[Any]):
    """Both sides as they are now; nothing was changed."""

    dry_run = serializers.BooleanField(default=True)
    connection_id = serializers.CharField(source="pair.connection.pk")
    entity_type = serializers.CharField(source="pair.kind")
    entity_id = serializers.CharField(source="pair.entity_id")
    provider_entity_id = serializers.CharField(source="pair.provider_id")
    comparison = FieldSerializer(many=True, source="fields")
    warnings = serializers.ListField(child=serializers.CharField())
    goes_on = GoesOnSerializer()


class MappingChangeSerializer(ConnectionRowSerializer):
    """Who linked, relinked or unlinked a pair, when and why."""

    class Meta:
        model = MappingChange
        fields = (*ROW, "mapping_id", "action", "entity_type", "entity_id", "provider_entity_id", "before_entity_id",
                  "before_provider_entity_id", "reason", "done_by", "metadata", "created_at")  # fmt: skip
        read_only_fields = fields
