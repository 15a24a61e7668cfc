"""``/v1/webhook_events`` and ``/v1/changes``: what changed, newest first, and in order for those who poll."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.base_views import EnvironmentView
from billing.api.filters import ListFilter, ListOfChoicesFilter, ListOfTextsFilter, MomentFilter
from billing.errors import Invalid
from integrations.api.row_viewset import RowViewSet
from integrations.api.schema import RowSchema
from integrations.api.webhook_event_serializers import ChangesSerializer, WebhookEventSerializer
from integrations.models import WebhookEvent
from integrations.outbound_webhooks import changes, objects
from integrations.outbound_webhooks.event_types import KINDS, TYPES, WANTED, of_kind


class WebhookEventFilter(ListFilter):
    """Filters events."""

    id = ListOfTextsFilter(help_text="Ids, separated by commas.")
    type = ListOfChoicesFilter(choices=[(one, one) for one in TYPES])
    object_type = ListOfChoicesFilter(choices=[(one, one) for one in KINDS], method="filter_object_type")
    object_id = ListOfTextsFilter()
    created_after = MomentFilter("created_at", "gte", help_text="Changed at this time or later.")
    created_before = MomentFilter("created_at", "lt", help_text="Changed before this time.")

    def filter_object_type(
        self, events: QuerySet[WebhookEvent], _name: str, kinds: list[str]
    ) -> QuerySet[WebhookEvent]:
        """Returns those of the kinds, by the index of types."""
        return events.filter(type__in=[one for kind in kinds for one in of_kind(kind)]) if kinds else events

    def filter_queryset(self, queryset: QuerySet[WebhookEvent]) -> QuerySet[WebhookEvent]:
        """Returns those that match, ordered by their times where these are asked for.

        The order of publication is nearly the same, but PostgreSQL would read all that is newer first.
        """
        found: QuerySet[WebhookEvent] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        is_of_time = asked["created_after"] or asked["created_before"]
        return found.order_by("-created_at", "-position") if is_of_time else found


class WebhookEventViewSet(RowViewSet[WebhookEvent]):
    """What changed, as webhooks tell it."""

    noun = "webhook event"
    environment_path = "environment_id"
    queryset = WebhookEvent.objects.order_by("-position")
    serializer_class = detail_serializer_class = WebhookEventSerializer
    filterset_class = WebhookEventFilter

    def list(self, request: Request) -> Response:
        """Returns the events that match all given filters, the newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.get_serializer(objects.fill(page), many=True).data)

    def row(self, id: str) -> WebhookEvent:
        """Returns the event with its object."""
        return objects.fill([super().row(id)])[0]


class ChangesQuery(serializers.Serializer[Any]):
    """The query string."""

    after = serializers.RegexField(
        r"^[0-9]{1,18}\Z", default="0", error_messages={"invalid": "Send the `next` of an answer, or 0."}
    )
    limit = serializers.IntegerField(default=100, min_value=1, max_value=changes.MOST)
    types = serializers.CharField(default="", max_length=2000)

    def validate_types(self, value: str) -> list[str]:
        """The types that the list names; raises Invalid for one that there is not."""
        types = value.split(",") if value else []
        if unknown := [one for one in types if one not in WANTED]:
            raise Invalid.of(
                {"types": f"There is no event type {unknown[0]!r}: see docs/outbound_webhooks.md."}
            )
        return types


class ChangesView(EnvironmentView):
    """For programs that poll."""

    named = {"": ("list", "List changes in their order")}
    schema = RowSchema()
    responses = {"": {200: ChangesSerializer}}
    serializer_class = ChangesSerializer
    parameters = (
        OpenApiParameter("after", {"type": "string", "pattern": "^[0-9]{1,18}$", "default": "0"}, description="The `next` of the answer before; 0 for the oldest event that is kept."),
        OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": changes.MOST, "default": 100}, description="How many events to return."),
        OpenApiParameter("types", {"type": "array", "items": {"type": "string"}}, style="form", explode=False, description="Only events of these types, separated by commas, such as `invoice.paid,customer.*`."),
    )  # fmt: skip

    def get(self, request: Request) -> Response:
        """Returns what was published after the cursor, in order: nothing is missing, nothing comes twice."""
        query = ChangesQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        page = changes.after(
            self.environment_id, int(wanted["after"]), types=wanted["types"], limit=wanted["limit"]
        )
        return Response(ChangesSerializer(page).data)

    def known_parameters(self) -> Iterable[str]:
        """Returns the names of the query's fields."""
        return ChangesQuery().fields
