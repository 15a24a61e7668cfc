"""Link candidates in requests and responses."""

from typing import Any

from rest_framework import serializers

from billing.api.strict import StrictInput
from integrations.models import LinkCandidate
from integrations.models.link_candidates import LinkChoice, LinkGrade

MOST_PAIRS = 1000


class LinkDecisionInput(StrictInput):
    """What a person says of one candidate."""

    example = {"choice": "link"}

    choice = serializers.ChoiceField(choices=LinkChoice.choices)
    entity_id = serializers.CharField(
        default="", help_text="The row that the object is. Needed where several may be it."
    )


class LinkPairInput(StrictInput):
    """Two that are counterparts."""

    entity_id = serializers.CharField(max_length=40)
    provider_entity_id = serializers.CharField(max_length=255)


class LinkDecisionsInput(StrictInput):
    """Many decisions at once: of all candidates of a grade, or a list of pairs."""

    example = {"grade": "certain", "choice": "link"}

    grade = serializers.ChoiceField(choices=LinkGrade.choices, required=False)
    choice = serializers.ChoiceField(choices=LinkChoice.choices, required=False)
    pairs = serializers.ListField(child=LinkPairInput(), max_length=MOST_PAIRS, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Requires decisions, made in one way."""
        if ("pairs" in attrs) == ("grade" in attrs) or ("grade" in attrs) != ("choice" in attrs):
            message = "Send grade and choice, or pairs."
            raise serializers.ValidationError({"pairs": [message]}, code="invalid")
        return attrs


class SettleLinksInput(StrictInput):
    """How the import goes on."""

    example = {"rest_apart": True}

    rest_apart = serializers.BooleanField(
        default=False, help_text="What is undecided gets rows of its own. Otherwise all must be decided."
    )
    waive = serializers.BooleanField(
        default=False,
        help_text="Forgets the candidates that are asked for: only ids in metadata link. Not with `rest_apart`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What was decided is either kept or forgotten."""
        if attrs["rest_apart"] and attrs["waive"]:
            message = "Send either rest_apart or waive: what was decided is kept with one, and forgotten with the other."
            raise serializers.ValidationError({"waive": [message]}, code="invalid")
        return attrs


class LinkClashSerializer(serializers.Serializer[Any]):
    """A candidate that was not linked, because another object would be its row, too."""

    candidate_id = serializers.CharField(source="candidate.pk")
    provider_entity_id = serializers.CharField(source="candidate.provider_entity_id")
    entity_id = serializers.CharField()
    other_provider_entity_id = serializers.CharField(source="other")


class LinkDecidedSerializer(serializers.Serializer[Any]):
    """How many candidates were decided, how many still wait, and which of these clash."""

    decided = serializers.IntegerField()
    undecided = serializers.IntegerField()
    clashes = LinkClashSerializer(many=True)


class LinkCandidateSerializer(serializers.ModelSerializer[Any]):
    """An object of the provider's, and the rows that it may be."""

    import_id = serializers.CharField(source="run_id", read_only=True)
    rows = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()),
        read_only=True,
        help_text="Each with its id, its label, and what both have.",
    )

    class Meta:
        model = LinkCandidate
        fields = (
            "id", "import_id", "entity_type", "provider_entity_id", "label", "entity_id", "entity_label", "rows",
            "grade", "choice", "decided_by", "decided_at",
        )  # fmt: skip
        read_only_fields = fields
