"""``/v1/integrations/link``: links and unlinks by the names that FlexPrice has for both."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from billing.api.authentication import caller
from billing.api.base_views import EnvironmentView
from billing.api.fields import MetadataInput
from billing.api.strict import StrictInput
from billing.errors import NotFound
from billing.events import Kind
from integrations.api.filters import KINDS
from integrations.api.flexprice.mapping_serializers import MappingAliasSerializer
from integrations.api.mapping_serializers import LONGEST_ID, LONGEST_PROVIDER_ID
from integrations.api.named_connections import in_body
from integrations.api.schema import RowSchema
from integrations.linking import changes
from integrations.linking.pairs import Deed, Pair
from integrations.mappings.differences import with_conflicts
from integrations.models import EntityMapping

# FlexPrice has no name for it.
_REASON = "By {} /v1/integrations/link, which takes no reason."


class UnlinkAliasInput(StrictInput):
    """The row, and the provider whose object it no longer is."""

    example = {"entity_type": "customer", "entity_id": "cust_01JD...", "provider_type": "stripe"}

    entity_type = serializers.ChoiceField(KINDS)
    entity_id = serializers.CharField(max_length=LONGEST_ID)
    provider_type = serializers.CharField(max_length=50)
    provider_entity_id = serializers.CharField(
        max_length=LONGEST_PROVIDER_ID, default="", help_text="The object; unless sent, whichever it is."
    )
    connection_id = serializers.CharField(
        max_length=40, default="", help_text="Needed when there are several connections."
    )
    metadata = MetadataInput(required=False, help_text="Kept with the change.")


class LinkAliasInput(UnlinkAliasInput):
    """The pair."""

    example = UnlinkAliasInput.example | {"provider_entity_id": "cus_Q1w2e3"}

    provider_entity_id = serializers.CharField(max_length=LONGEST_PROVIDER_ID)


class LinkedSerializer(serializers.Serializer[Any]):
    """The mapping that was made."""

    mapping = MappingAliasSerializer()


class UnlinkedSerializer(serializers.Serializer[Any]):
    """What was done."""

    message = serializers.CharField()


class LinkViewSet(EnvironmentView, ViewSet):
    """As `POST /v1/mappings` and `DELETE /v1/mappings/{id}`, by FlexPrice's names."""

    named = {
        "link": ("link", "Link a row to its counterpart"),
        "unlink": ("unlink", "Take a row's counterpart away"),
    }
    idempotency = "reserve"
    schema = RowSchema()
    inputs = {"link": LinkAliasInput, "unlink": UnlinkAliasInput}
    responses = {"link": {200: LinkedSerializer}, "unlink": {200: UnlinkedSerializer}}

    def link(self, request: Request) -> Response:
        """200 with the `mapping`, also where the two are linked already."""
        body = self._body(LinkAliasInput)
        connection = in_body(self.environment_id, body, "provider_type")
        pair = Pair(connection, Kind(body["entity_type"]), body["entity_id"], body["provider_entity_id"])
        made = changes.made_before(pair)
        if made is None:
            made = changes.make(changes.plan(pair), _deed(request, body), timezone.now())
        shown = with_conflicts(EntityMapping.objects.select_related("connection")).get(pk=made.pk)
        return Response(LinkedSerializer({"mapping": shown}).data)

    def unlink(self, request: Request) -> Response:
        """200 once the row has no counterpart at the provider any more.

        The body has `entity_type`, `entity_id` and `provider_type`.
        """
        body = self._body(UnlinkAliasInput)
        connection = in_body(self.environment_id, body, "provider_type")
        pair = {name: body[name] for name in ("entity_type", "entity_id", "provider_entity_id") if body[name]}
        mapping = EntityMapping.objects.filter(connection=connection, **pair).first()
        if mapping is None:
            to = body["provider_entity_id"] and f" to {body['provider_entity_id']}"
            raise NotFound(f"{body['entity_id']} is not linked{to} through {connection}.")
        changes.unlink(mapping, _deed(request, body), timezone.now())
        return Response(UnlinkedSerializer({"message": f"{body['entity_id']} is unlinked."}).data)

    def _body(self, parser: type[StrictInput]) -> dict[str, Any]:
        body = parser(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


def _deed(request: Request, body: dict[str, Any]) -> Deed:
    return Deed(caller(request), _REASON.format(request.method), body.get("metadata", {}))
