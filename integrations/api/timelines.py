"""``GET /v1/invoices/{id}/timeline`` and the like: the story of one row, newest first."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.base_views import EnvironmentView
from billing.errors import Invalid, NotFound
from billing.events import Kind
from integrations.api.schema import RowSchema
from integrations.timeline import story
from integrations.timeline.entries import Entry, EntryKind

KINDS = (Kind.CUSTOMER, Kind.SUBSCRIPTION, Kind.INVOICE, Kind.PAYMENT)
DEFAULT_LIMIT, MOST = 50, 200


class EntrySerializer(serializers.Serializer[Entry]):
    """One thing that happened: in words (``title``, ``details``, ``who``), and as data."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=[one.value for one in EntryKind])
    title = serializers.CharField(help_text="What happened.")
    who = serializers.CharField(help_text="Who did it; empty where nobody is known.")
    details = serializers.ListField(child=serializers.CharField(), help_text="What else there is to say.")
    changes = serializers.SerializerMethodField()
    state = serializers.CharField(help_text="Of a push, an event, a conflict or a finding; else empty.")
    request_id = serializers.CharField(help_text="The `X-Request-ID` of the request to FlexSync; or empty.")
    provider_request_ids = serializers.ListField(
        child=serializers.CharField(), help_text="The provider's ids of FlexSync's requests."
    )
    row_id = serializers.SerializerMethodField()

    @extend_schema_field(
        {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {}, "minItems": 2, "maxItems": 2},
            "description": "By field, its value before and after.",
        }
    )
    def get_changes(self, entry: Entry) -> Any:
        """Returns what changed."""
        return entry.changes

    @extend_schema_field(
        {
            "type": "string",
            "description": "Of what it is about: a row, sync, event, conflict and so on; or empty.",
        }
    )
    def get_row_id(self, entry: Entry) -> str:
        """Returns the id of the row that says more."""
        return entry.about[1]


class TimelineSerializer(serializers.Serializer[Any]):
    """A page of a timeline."""

    items = EntrySerializer(many=True, source="entries")
    next = serializers.CharField(help_text="Send it as `before` for the next page; empty on the last one.")


class TimelineQuery(serializers.Serializer[Any]):
    """The query string."""

    limit = serializers.IntegerField(default=DEFAULT_LIMIT, min_value=1, max_value=MOST)
    before = serializers.CharField(default="", max_length=500)
    kind = serializers.CharField(default="", max_length=200)

    def validate_kind(self, value: str) -> list[EntryKind]:
        """The kinds that the list names; raises Invalid for one that there is not."""
        try:
            return [EntryKind(one) for one in value.split(",")] if value else []
        except ValueError:
            raise Invalid.of({"kind": f"Send some of {', '.join(EntryKind)}."}) from None


class TimelineView(EnvironmentView):
    """All that is on record about a row and what belongs to it."""

    named = {"": ("timeline", "Read the timeline of {one}")}
    kind = Kind.INVOICE
    schema = RowSchema()
    responses = {"": {200: TimelineSerializer}}
    serializer_class = TimelineSerializer
    parameters = (
        OpenApiParameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT},
            description="How many entries to return.",
        ),
        OpenApiParameter("before", str, description="The `next` of the page before."),
        OpenApiParameter(
            "kind",
            {"type": "array", "items": {"type": "string", "enum": [one.value for one in EntryKind]}},
            style="form",
            explode=False,
            description="Only entries of these kinds, separated by commas.",
        ),
    )

    def get(self, request: Request, entity_id: str) -> Response:
        """Returns what happened to it and to what belongs to it, newest first."""
        query = TimelineQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        subject = story.subject_of(self.kind, entity_id, self.environment_id)
        if subject is None:
            raise NotFound(f"There is no {self.kind} {entity_id}.")
        wanted = query.validated_data
        page = story.timeline(subject, before=wanted["before"], only=wanted["kind"], limit=wanted["limit"])
        return Response(TimelineSerializer(page).data)

    def known_parameters(self) -> Iterable[str]:
        """Returns the names of the query's fields."""
        return TimelineQuery().fields
