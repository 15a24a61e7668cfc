"""Comparisons in requests and responses."""

from typing import Any

from rest_framework import serializers

from billing.api.strict import StrictInput
from integrations.api.history_serializers import ROW, ConnectionRowSerializer
from integrations.models import ComparisonPart, ComparisonRun
from integrations.reconcile.comparing import progress


class ComparisonInput(StrictInput):
    """What is compared."""

    example = {"provider": "stripe", "lists": ["customers"]}

    provider = serializers.CharField(
        default="", help_text="Needed when there are connections to several providers."
    )
    connection_id = serializers.CharField(
        default="", help_text="Needed when there are several connections to the provider."
    )
    lists = serializers.ListField(
        child=serializers.CharField(max_length=60),
        default=list,
        help_text="By their names in the response, such as customers; all unless given.",
    )


class ComparisonProgressSerializer(serializers.Serializer[Any]):
    """How far a comparison is."""

    found = serializers.IntegerField(help_text="Objects that its lists have shown.")
    expected = serializers.IntegerField(
        allow_null=True, help_text="Null where no comparison has counted them."
    )
    per_second = serializers.FloatField(allow_null=True)
    seconds_left = serializers.FloatField(allow_null=True)


class ComparisonListSerializer(serializers.ModelSerializer[Any]):
    """One of the lists that are compared, and how far it is."""

    class Meta:
        model = ComparisonPart
        fields = ("name", "entity_type", "is_done", "left_out", "pages", "objects_seen", "findings")
        read_only_fields = fields


class ComparisonSerializer(ConnectionRowSerializer):
    """A comparison. Its counts are those of its end; those of several comparisons are the trend."""

    progress = serializers.SerializerMethodField()
    money_at_stake = serializers.DictField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Of the findings open at its end, in major units by currency.",
    )

    class Meta:
        model = ComparisonRun
        fields: tuple[str, ...] = (
            *ROW, "state", "reason", "progress", "objects_seen", "calls", "found", "new", "healed", "money_at_stake",
            "next_attempt_at", "started_by", "created_at", "settled_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_progress(self, run: ComparisonRun) -> ComparisonProgressSerializer:
        """Returns how far the comparison is."""
        return ComparisonProgressSerializer(progress.of(run)).data  # type: ignore[return-value]


class ComparisonDetailSerializer(ComparisonSerializer):
    """A comparison, list by list."""

    lists = ComparisonListSerializer(source="parts", many=True, read_only=True)

    class Meta(ComparisonSerializer.Meta):
        fields = (*ComparisonSerializer.Meta.fields, "lists")
        read_only_fields = fields
