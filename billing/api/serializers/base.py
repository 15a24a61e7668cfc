"""What all responses with rows share."""

from typing import Any

from rest_framework import serializers

ALWAYS = ("id", "version", "created_at", "updated_at", "metadata", "integrations")


class LatestSyncSerializer(serializers.Serializer[Any]):
    """The latest push of a row to a provider."""

    id = serializers.CharField()
    state = serializers.CharField()
    last_error = serializers.CharField()
    settled_at = serializers.DateTimeField(allow_null=True)


class CounterpartSerializer(serializers.Serializer[Any]):
    """What one connection's provider has of a row."""

    connection_id = serializers.CharField()
    provider = serializers.CharField()
    provider_entity_id = serializers.CharField(allow_null=True, help_text="Null until it is there.")
    url = serializers.CharField(help_text="Its page at the provider; empty where there is none.")
    gone_at = serializers.DateTimeField(allow_null=True, help_text="Since when it is gone there.")
    sync = LatestSyncSerializer(allow_null=True)


class Output(serializers.ModelSerializer[Any]):
    """A row as callers see it. ``integrations`` is there when it was expanded."""

    version = serializers.IntegerField(
        read_only=True, help_text="Counts its changes; the `ETag` of responses, and of `If-Match`."
    )
    metadata = serializers.DictField(child=serializers.CharField(), read_only=True)
    integrations = CounterpartSerializer(
        many=True,
        required=False,
        help_text="Only with `expand=integrations`: its counterparts at the providers.",
    )
