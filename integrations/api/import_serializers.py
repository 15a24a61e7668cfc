"""Imports in requests and responses."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.api.strict import StrictInput
from integrations.api.history_serializers import ROW, ConnectionRowSerializer
from integrations.models import ImportFinding, ImportPart, ImportRun
from integrations.reconcile.importing import progress

# How many findings an import shows.
SHOWN = 100


class ImportInput(StrictInput):
    """What is imported, and from where."""

    example = {"provider": "stripe", "since": "2026-01-01T00:00:00Z"}

    provider = serializers.CharField(
        default="", help_text="Needed when there are connections to several providers."
    )
    connection_id = serializers.CharField(
        default="", help_text="Needed when there are several connections to the provider."
    )
    since = serializers.DateTimeField(
        default=None,
        allow_null=True,
        help_text="Leaves out invoices that are not open, payments and credit notes from before.",
    )
    lists = serializers.ListField(
        child=serializers.CharField(max_length=60),
        default=list,
        help_text="By their names in the response, such as customers; all unless given.",
    )
    links = serializers.BooleanField(
        default=True, help_text="Looks first for rows here that may be the account's customers and products."
    )
    dry_run = serializers.BooleanField(default=False, help_text="Counts, shows samples and changes nothing.")


class ImportProgressSerializer(serializers.Serializer[Any]):
    """How far it is."""

    found = serializers.IntegerField(help_text="Objects that are settled.")
    expected = serializers.IntegerField(allow_null=True, help_text="Null where no import has counted them.")
    per_second = serializers.FloatField(allow_null=True)
    seconds_left = serializers.FloatField(allow_null=True)


class ImportListSerializer(serializers.ModelSerializer[Any]):
    """One of the provider's lists, and what became of its objects."""

    class Meta:
        model = ImportPart
        fields = (
            "name", "entity_type", "is_done", "left_out", "pages", "made", "linked", "changed", "equal", "conflicting",
            "refused", "samples",
        )  # fmt: skip
        read_only_fields = fields


class ImportFindingSerializer(serializers.ModelSerializer[Any]):
    """An object that needs a person, and why."""

    class Meta:
        model = ImportFinding
        fields = ("entity_type", "provider_entity_id", "entity_id", "label", "outcome", "reason")
        read_only_fields = fields


class ImportSerializer(ConnectionRowSerializer):
    """An import."""

    progress = serializers.SerializerMethodField()

    class Meta:
        model = ImportRun
        fields: tuple[str, ...] = (
            *ROW, "state", "dry_run", "since", "linking", "reason", "progress", "next_attempt_at", "started_by", "created_at",
            "settled_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_progress(self, run: ImportRun) -> ImportProgressSerializer:
        """Returns how far the import is."""
        return ImportProgressSerializer(progress.of(run)).data  # type: ignore[return-value]  # the schema's type


class ImportDetailSerializer(ImportSerializer):
    """An import, list by list, with what needs a person."""

    lists = ImportListSerializer(source="parts", many=True, read_only=True)
    findings = serializers.SerializerMethodField()

    class Meta(ImportSerializer.Meta):
        fields = (*ImportSerializer.Meta.fields, "lists", "findings")
        read_only_fields = fields

    @extend_schema_field(ImportFindingSerializer(many=True))
    def get_findings(self, run: ImportRun) -> list[ImportFindingSerializer]:
        """Returns the first hundred."""
        return ImportFindingSerializer(run.findings.all()[:SHOWN], many=True).data  # type: ignore[return-value]
