"""Conflicts in responses."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.api.history_serializers import ROW, ConnectionRowSerializer, version_field
from integrations.models import Conflict


class ConflictSerializer(ConnectionRowSerializer):
    """A field that both sides changed: both values, by the provider's names, and which of them stays.

    ``winner`` is "" for as long as the conflict is open; both sides then keep their own value.
    """

    version = version_field("somebody has decided, or the provider's value is another")
    ours = serializers.SerializerMethodField()
    theirs = serializers.SerializerMethodField()

    class Meta:
        model = Conflict
        fields = (*ROW, "version", "entity_type", "entity_id", "provider_entity_id", "field", "ours", "theirs", "ours_at",
                  "theirs_at", "rule", "winner", "decided_by", "decided_at", "created_at")  # fmt: skip
        read_only_fields = fields

    @extend_schema_field({"description": "FlexSync's value; null for none."})
    def get_ours(self, conflict: Conflict) -> Any:
        """Returns FlexSync's value."""
        return conflict.ours

    @extend_schema_field({"description": "The provider's value; null for none."})
    def get_theirs(self, conflict: Conflict) -> Any:
        """Returns the provider's value."""
        return conflict.theirs
