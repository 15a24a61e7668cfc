"""Mappings with the names that FlexPrice has for their parts."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from integrations.api.history_serializers import MappingSerializer


@extend_schema_serializer(component_name="LinkedEntityMapping")
class MappingAliasSerializer(MappingSerializer):
    """Which provider's object is which entity; with the provider and the environment by FlexPrice's names."""

    provider_type = serializers.CharField(source="connection.provider", read_only=True)
    environment_id = serializers.CharField(source="connection.environment_id", read_only=True)

    class Meta(MappingSerializer.Meta):
        fields = (
            *MappingSerializer.Meta.fields,
            "provider_type",
            "environment_id",
        )
        read_only_fields = fields
