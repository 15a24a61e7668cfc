"""Connections in responses: secrets are never returned."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.api.alarm_serializers import CatchUpSerializer
from integrations.api.connection_options import OptionsSerializer
from integrations.api.history_serializers import version_field
from integrations.api.sync_config import SyncConfigSerializer
from integrations.connections import credentials, options
from integrations.models import Connection, EventPoll
from integrations.models.connections import SWITCHES


class AccountSerializer(serializers.Serializer[Any]):
    """The account that the credentials belong to, as the provider reports it."""

    account_id = serializers.CharField()
    name = serializers.CharField()
    livemode = serializers.BooleanField()
    status = serializers.CharField()


class RegisteredWebhookSerializer(serializers.Serializer[Any]):
    """The provider's webhook endpoint for a connection."""

    webhook_endpoint_id = serializers.CharField()
    webhook_url = serializers.URLField()


class ConnectionSerializer(serializers.ModelSerializer[Connection]):
    """A connection, with the last four characters of each secret."""

    environment_id = serializers.CharField(read_only=True)
    version = version_field("a person has changed its settings or secrets, or paused it; not by how it fares")
    metadata = serializers.SerializerMethodField()
    sync_config = serializers.SerializerMethodField()
    options = serializers.SerializerMethodField()
    webhook_url = serializers.SerializerMethodField()
    catch_up = serializers.SerializerMethodField()

    class Meta:
        model = Connection
        fields: tuple[str, ...] = ("id", "environment_id", "version", "provider", "name", "status", "status_reason", "status_since", "recovering_since",
                  "next_probe_at", "livemode", "account_id", "api_version", "webhook_endpoint_id", "webhook_url", "metadata", "sync_config", "options", "catch_up", "created_at",
                  "updated_at")  # fmt: skip
        read_only_fields = fields

    def get_metadata(self, connection: Connection) -> dict[str, str]:
        """Returns ``****1234`` for each credential."""
        return credentials.shown(connection)

    @extend_schema_field(SyncConfigSerializer)
    def get_sync_config(self, connection: Connection) -> dict[str, bool]:
        """Returns every switch."""
        return {switch: getattr(connection, switch) for switch in SWITCHES}

    @extend_schema_field(OptionsSerializer)
    def get_options(self, connection: Connection) -> dict[str, Any]:
        """Returns every option."""
        return options.values(connection)

    def get_webhook_url(self, connection: Connection) -> str:
        """Returns where the provider sends this connection's events."""
        return credentials.webhook_url(connection)

    @extend_schema_field(CatchUpSerializer)
    def get_catch_up(self, connection: Connection) -> Any:
        """Returns what polls of the provider's list of events have found."""
        poll = getattr(connection, "event_poll", None) or EventPoll(connection=connection)
        shown = {
            "last_poll_at": poll.polled_at,
            "missed_events": poll.missed,
            "last_error": poll.last_error,
            "alarms": sorted(alarm.code for alarm in connection.alarms.all() if alarm.ended_at is None),
        }
        return CatchUpSerializer(shown).data
