"""``/v1/mappings``: which object is which row; links, relinks and unlinks by hand, and who made them."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from billing.events import Kind
from integrations.api.dry_run import DRY_RUN
from integrations.api.empty_body import refuse_body
from integrations.api.filters import MappingChangeFilter, MappingFilter
from integrations.api.history_serializers import MappingSerializer
from integrations.api.mapping_serializers import (
    LinkInput,
    LinkPreviewSerializer,
    MappingChangeSerializer,
    RelinkInput,
    reason_field,
)
from integrations.api.named_connections import in_body
from integrations.api.row_viewset import RowViewSet
from integrations.api.schema import RowSchema
from integrations.linking import changes
from integrations.linking.pairs import Deed, Pair
from integrations.mappings.differences import with_conflicts
from integrations.models import EntityMapping, MappingChange

REASON = OpenApiParameter("reason", str, description="Why; kept with who did it. Only a dry run needs none.")
_CHANGING = ("create", "relink", "destroy")
MAPPING_OR_PREVIEW = PolymorphicProxySerializer(
    component_name="MappingOrPreview",
    serializers=[MappingSerializer, LinkPreviewSerializer],
    resource_type_field_name=None,
)


class ChangeQuery(serializers.Serializer[Any]):
    """The query string."""

    dry_run = serializers.BooleanField(default=False)
    reason = reason_field()


class MappingSchema(RowSchema):
    """Offers the dry run of what changes a mapping, and a reason where there is no body."""

    def get_override_parameters(self) -> list[Any]:
        """With ``dry_run`` and ``reason``."""
        found, action = super().get_override_parameters(), getattr(self.view, "action", "")
        return found + [DRY_RUN] * (action in _CHANGING) + [REASON] * (action == "destroy")


class MappingViewSet(RowViewSet[EntityMapping]):
    """Which provider's object is which entity, or was, until another took its place."""

    noun = "mapping"
    idempotency = "reserve"
    schema = MappingSchema()
    queryset = with_conflicts(
        EntityMapping.objects.exclude(entity_id="", former_entity_id="").select_related("connection")
    )
    serializer_class = detail_serializer_class = MappingSerializer
    filterset_class = MappingFilter
    inputs = {"create": LinkInput, "relink": RelinkInput}
    versioned = frozenset({"relink", "destroy", "resolve"})
    responses = {
        "create": {201: MappingSerializer, 200: MAPPING_OR_PREVIEW},
        "relink": {200: MAPPING_OR_PREVIEW},
        "destroy": {204: None, 200: LinkPreviewSerializer},
    }

    def create(self, request: Request) -> Response:
        """Links a row to an object that exists: neither side's values are changed by that.

        The object is read first. `dry_run` shows both sides field by field, and links nothing. A pair that is
        linked already gets 200 with its mapping, with `dry_run` too: nothing would change.
        """
        body = self._body(LinkInput)
        connection = in_body(self.environment_id, body)
        pair = Pair(connection, Kind(body["entity_type"]), body["entity_id"], body["provider_entity_id"])
        if same := changes.made_before(pair):
            return self.respond(same.pk)
        return self._change(pair, None, body, 201)

    def relink(self, request: Request, id: str) -> Response:
        """Gives the row another object, or the object another row; `dry_run` shows both sides before."""
        body, mapping = self._body(RelinkInput), self.row(id)
        pair = Pair(
            mapping.connection,
            Kind(mapping.entity_type),
            body["entity_id"] or mapping.entity_id,
            body["provider_entity_id"] or mapping.provider_entity_id,
        )
        return self._change(pair, mapping, body, 200)

    def destroy(self, request: Request, id: str) -> Response:
        """Ends the mapping: both sides stay as they are, and only a person links the object again."""
        refuse_body(request)
        query, mapping = self._query(), self.row(id)
        if query["dry_run"]:
            return Response(LinkPreviewSerializer(changes.plan_unlink(mapping)).data)
        changes.unlink(mapping, _deed(request, query), timezone.now())
        return Response(status=204)

    def known_parameters(self) -> Iterable[str]:
        """A dry run, where a mapping is changed."""
        if self.action == "destroy":
            return ChangeQuery().fields
        return {"dry_run"} if self.action in _CHANGING else super().known_parameters()

    def _body(self, parser: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        body = parser(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _query(self) -> dict[str, Any]:
        query = ChangeQuery(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)

    def _change(
        self, pair: Pair, mapping: EntityMapping | None, body: dict[str, Any], status: int
    ) -> Response:
        if self._query()["dry_run"]:
            return Response(LinkPreviewSerializer(changes.preview(changes.plan(pair, mapping))).data)
        deed = _deed(self.request, body)
        made = changes.make(changes.plan(pair, mapping), deed, timezone.now())
        return self.respond(made.pk, status)


class MappingChangeViewSet(RowViewSet[MappingChange]):
    """What persons did to mappings."""

    noun = "change of a mapping"
    queryset = MappingChange.objects.select_related("connection")
    serializer_class = detail_serializer_class = MappingChangeSerializer
    filterset_class = MappingChangeFilter


def _deed(request: Request, body: dict[str, Any]) -> Deed:
    return Deed(caller(request), body["reason"])
