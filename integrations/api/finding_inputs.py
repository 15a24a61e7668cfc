"""What is asked for of findings, in requests, and the answer to a bulk."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from billing.api.strict import StrictInput
from integrations.api.filters import KINDS
from integrations.api.finding_serializers import FindingSerializer
from integrations.models.findings import FindingKind, Repair, Suggestion
from integrations.reconcile.repairing import accepting
from integrations.reconcile.repairing.bulk import SUGGESTED

MOST_IDS, LONGEST_REASON = 1000, 1000
# The fields of a bulk that choose findings.
CHOOSING = ("ids", "connection_id", "kind", "entity_type", "field", "suggested")
WORKED = [Repair.PUSH.value, Repair.TAKE.value]
IN_BULK = [*WORKED, Repair.ACCEPT.value, SUGGESTED]


class FindingRepairInput(StrictInput):
    """Whose side both are to follow."""

    example = {"repair": "take"}

    repair = serializers.ChoiceField(
        choices=[(one, one) for one in WORKED],
        help_text="`push`: FlexSync's goes to the provider. `take`: the provider's comes here.",
    )


class FindingAcceptInput(StrictInput):
    """Why both sides may stay as they are."""

    example = {"reason": "Agreed with the customer.", "until": "2027-01-01T00:00:00Z"}

    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Kept with who did it.")
    until = serializers.DateTimeField(
        default=None, allow_null=True, help_text="From then on it is open again; null for ever."
    )


class FindingBulkInput(StrictInput):
    """Which findings, by ids or by what they have in common, and what is to become of them."""

    example = {"kind": "differs", "entity_type": "customer", "repair": "suggested", "dry_run": True}

    repair = serializers.ChoiceField(
        choices=[(one, one) for one in IN_BULK],
        help_text="`suggested`: what each finding suggests.",
    )
    ids = serializers.ListField(
        child=serializers.CharField(max_length=40),
        min_length=1,
        max_length=MOST_IDS,
        allow_empty=False,
        required=False,
    )
    connection_id = serializers.CharField(max_length=40, required=False)
    kind = serializers.ChoiceField(choices=FindingKind.choices, required=False)
    entity_type = serializers.ChoiceField(choices=KINDS, required=False)
    field = serializers.CharField(max_length=255, required=False)
    suggested = serializers.ChoiceField(choices=Suggestion.choices, required=False)
    reason = serializers.CharField(
        max_length=LONGEST_REASON,
        default="",
        help_text="Why they are accepted: needed then, refused otherwise.",
    )
    until = serializers.DateTimeField(
        default=None, allow_null=True, help_text="Until when they are accepted; refused otherwise."
    )
    dry_run = serializers.BooleanField(default=False, help_text="Counts, shows examples and changes nothing.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Requires a choice of findings: none is never all."""
        if not any(name in attrs for name in CHOOSING):
            message = f"Say which findings: by ids, or by {', '.join(CHOOSING[1:])}."
            raise serializers.ValidationError({"ids": [message]}, code="invalid")
        accepting.refuse_needless(attrs["repair"], attrs["reason"], attrs["until"])
        return attrs


class FindingRefusalSerializer(serializers.Serializer[Any]):
    """Why some of the findings cannot be repaired so."""

    reason = serializers.CharField()
    count = serializers.IntegerField()


def refusals(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Returns the reasons, the most frequent first."""
    found = sorted(counts.items(), key=lambda one: -one[1])
    return [{"reason": why, "count": count} for why, count in found]


class FindingExampleSerializer(serializers.Serializer[Any]):
    """A finding of a bulk, and what would be asked for."""

    finding = FindingSerializer()
    repair = serializers.CharField()
    refusal = serializers.CharField()


class FindingBulkSerializer(serializers.Serializer[Any]):
    """How many repairs were asked for (or would be), and how many findings were left out, and why."""

    dry_run = serializers.BooleanField()
    asked = serializers.DictField(child=serializers.IntegerField(), help_text="By repair.")
    refused = FindingRefusalSerializer(many=True)
    unexamined = serializers.IntegerField(
        help_text="Others of so many that nobody waits for them: a worker says which are left out."
    )
    batch_id = serializers.CharField(
        allow_null=True, help_text="Of those: GET /v1/repair_batches/{id} shows how far they are."
    )
    examples = FindingExampleSerializer(many=True, help_text="The first of them, of a dry run.")
