"""``/v1/repair_batches``: repairs of many findings at once, and how far they are."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.api.finding_inputs import FindingRefusalSerializer, refusals
from integrations.api.row_viewset import RowViewSet
from integrations.models import RepairBatch


class RepairBatchSerializer(serializers.ModelSerializer[Any]):
    """Repairs of many findings: how many of these were looked at, and what was asked for."""

    asked = serializers.DictField(child=serializers.IntegerField(), read_only=True, help_text="By repair.")
    refused = serializers.SerializerMethodField()

    class Meta:
        model = RepairBatch
        fields = ("id", "repair", "total", "done", "asked", "refused", "asked_by", "created_at", "settled_at")
        read_only_fields = fields

    @extend_schema_field(FindingRefusalSerializer(many=True))
    def get_refused(self, batch: RepairBatch) -> Any:
        """Returns how many findings were left out, by why."""
        return FindingRefusalSerializer(refusals(batch.refused), many=True).data


class RepairBatchViewSet(RowViewSet[RepairBatch]):
    """Bulk repairs."""

    noun = "bulk repair"
    environment_path = "environment_id"
    queryset = RepairBatch.objects.all()
    serializer_class = detail_serializer_class = RepairBatchSerializer
