"""``GET /v1/environment``: what the key opens."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.base_views import EnvironmentView
from billing.models import ApiKey, Environment
from integrations.api.schema import RowSchema
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus


class KeySerializer(serializers.ModelSerializer[ApiKey]):
    """The key of the request, without its secret part."""

    expires_at = serializers.DateTimeField(source="expiry_date", read_only=True, allow_null=True)

    class Meta:
        model = ApiKey
        fields = ("name", "prefix", "scope", "expires_at")
        read_only_fields = fields


class ConnectionSummarySerializer(serializers.ModelSerializer[Connection]):
    """A connection of the environment, in brief."""

    livemode = serializers.BooleanField(
        read_only=True, allow_null=True, help_text="Whether money is real there."
    )

    class Meta:
        model = Connection
        fields = ("id", "provider", "name", "status", "livemode", "account_id")
        read_only_fields = fields


class EnvironmentSerializer(serializers.ModelSerializer[Environment]):
    """The environment, the key that opens it, and its connections."""

    key = KeySerializer(read_only=True)
    connections = ConnectionSummarySerializer(many=True, read_only=True, source="live_connections")

    class Meta:
        model = Environment
        fields = ("id", "name", "kind", "created_at", "key", "connections")
        read_only_fields = fields


class EnvironmentOfKeyView(EnvironmentView):
    """What the key opens."""

    named = {"": ("get", "Get the environment of the key")}
    schema = RowSchema()
    serializer_class = EnvironmentSerializer
    responses = {"": {200: EnvironmentSerializer}}

    def get(self, request: Request) -> Response:
        """Returns the environment, what the key may do, and which connections there are."""
        key: Any = request.auth
        connections = Connection.objects.filter(environment_id=self.environment_id)
        key.environment.key = key
        key.environment.live_connections = connections.exclude(status=ConnectionStatus.ARCHIVED)
        return Response(EnvironmentSerializer(key.environment).data)
