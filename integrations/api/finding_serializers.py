"""Findings in responses, with what each repair would do."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing import money
from integrations.api.dry_run import PlannedCallSerializer
from integrations.api.history_serializers import ROW, ConnectionRowSerializer
from integrations.models import Conflict, Finding, FindingRepair
from integrations.models.findings import Repair
from integrations.reconcile.comparing import values
from integrations.reconcile.repairing import previews
from integrations.reconcile.repairing.subjects import Subject


class RepairChangeSerializer(serializers.Serializer[Any]):
    """A value that a repair would change, and on which side."""

    side = serializers.ChoiceField(choices=[(one, one) for one in (previews.HERE, previews.THERE)])
    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class RepairPreviewSerializer(serializers.Serializer[Any]):
    """What a repair would do. ``refusal`` says why it is impossible, and what to do instead; "" otherwise."""

    repair = serializers.ChoiceField(choices=Repair.choices)
    refusal = serializers.CharField()
    summary = serializers.CharField()
    changes = RepairChangeSerializer(many=True)
    calls = PlannedCallSerializer(many=True, help_text="To the provider, as far as they are known.")


class FindingRepairSerializer(serializers.ModelSerializer[Any]):
    """A repair that was asked for, and how it went."""

    class Meta:
        model = FindingRepair
        fields = ("id", "repair", "state", "reason", "asked_by", "created_at", "settled_at")
        read_only_fields = fields


class FindingSerializer(ConnectionRowSerializer):
    """A difference between both sides: both values, since when, the money at stake, and what to do.

    Values of fields that both sides edit have the provider's names, others those of this API.
    """

    ours = serializers.SerializerMethodField()
    theirs = serializers.SerializerMethodField()
    amount_at_stake = serializers.SerializerMethodField()
    twins = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Of what one side lacks: the ids on that side of what it may be (`suggested` is `link` then).",
    )
    comparison_id = serializers.CharField(source="run_id", read_only=True, allow_null=True)

    class Meta:
        model = Finding
        fields: tuple[str, ...] = (
            *ROW, "state", "kind", "entity_type", "entity_id", "provider_entity_id", "label", "field", "ours", "theirs",
            "amount_at_stake", "currency", "suggested", "why", "twins", "found_at", "seen_at", "healed_at", "accepted_by",
            "accepted_reason", "accepted_until", "comparison_id",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field({"description": "FlexSync's value; null for none."})
    def get_ours(self, finding: Finding) -> Any:
        """Returns FlexSync's value."""
        return values.ours(finding)

    @extend_schema_field({"description": "The provider's value; null for none."})
    def get_theirs(self, finding: Finding) -> Any:
        """Returns the provider's value."""
        return values.theirs(finding)

    @extend_schema_field({"type": ["string", "null"], "description": "In major units; null where unknown."})
    def get_amount_at_stake(self, finding: Finding) -> str | None:
        """Returns the amount as its currency writes it."""
        amount = finding.amount_at_stake
        return None if amount is None else money.text(amount, finding.currency)


class FindingDetailSerializer(FindingSerializer):
    """A finding, with what each repair would do, and those that were asked for."""

    preview = serializers.SerializerMethodField()
    repairs = FindingRepairSerializer(many=True, read_only=True)
    conflict_id = serializers.SerializerMethodField()

    class Meta(FindingSerializer.Meta):
        fields = (*FindingSerializer.Meta.fields, "conflict_id", "preview", "repairs")
        read_only_fields = fields

    @extend_schema_field(RepairPreviewSerializer(many=True))
    def get_preview(self, finding: Finding) -> Any:
        """Returns one for each repair."""
        return RepairPreviewSerializer(previews.previews(Subject(finding)), many=True).data

    def get_conflict_id(self, finding: Finding) -> str | None:
        """Returns the open conflict about the field; null for none."""
        found = Conflict.objects.filter(**Subject(finding).names, field=finding.field, winner="")
        return found.values_list("pk", flat=True).first()
