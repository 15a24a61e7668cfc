"""Bulk syncs in responses."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.api.history_serializers import ConnectionRowSerializer
from integrations.models import SyncRun
from integrations.outbox import bulk_syncs


class BulkSyncProgressSerializer(serializers.Serializer[Any]):
    """How many entities are in each state."""

    total = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Not started.")
    running = serializers.IntegerField(help_text="Being sent.")
    done = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Blocked, dead or cancelled.")


class BulkSyncFailureSerializer(serializers.Serializer[Any]):
    """A reason for failure, how many entities failed for it, and one of them."""

    reason = serializers.CharField()
    count = serializers.IntegerField()
    entity_id = serializers.CharField()
    sync_id = serializers.CharField()


class BulkSyncSerializer(ConnectionRowSerializer):
    """A bulk sync."""

    progress = serializers.SerializerMethodField()

    class Meta:
        model = SyncRun
        fields: tuple[str, ...] = (
            "id", "connection_id", "provider", "entity_type", "choice", "state", "reason", "progress", "started_by",
            "created_at", "settled_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_progress(self, run: SyncRun) -> BulkSyncProgressSerializer:
        """Returns how far the bulk sync is."""
        return BulkSyncProgressSerializer(bulk_syncs.progress(run)).data  # type: ignore[return-value]  # the schema's type


class BulkSyncDetailSerializer(BulkSyncSerializer):
    """A bulk sync, with what failed and why."""

    failures = serializers.SerializerMethodField()

    class Meta(BulkSyncSerializer.Meta):
        fields = (*BulkSyncSerializer.Meta.fields, "failures")
        read_only_fields = fields

    @extend_schema_field(BulkSyncFailureSerializer(many=True))
    def get_failures(self, run: SyncRun) -> list[BulkSyncFailureSerializer]:
        """Returns the most frequent reasons first, at most 20."""
        return BulkSyncFailureSerializer(bulk_syncs.failures(run), many=True).data  # type: ignore[return-value]


class BulkSyncDryRunSerializer(serializers.Serializer[Any]):
    """The entities that a bulk sync would send: how many, and the first hundred."""

    dry_run = serializers.BooleanField()
    connection_id = serializers.CharField()
    total = serializers.IntegerField()
    entity_ids = serializers.ListField(child=serializers.CharField())
