"""``POST /v1/integrations/sync``: sends one row."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from billing.api.base_views import EnvironmentView
from billing.api.strict import StrictInput
from billing.errors import Conflict, Invalid
from billing.events import Kind
from integrations.api.entity_sync import is_there, refuse_unsendable, start
from integrations.api.filters import KINDS
from integrations.api.mapping_serializers import LONGEST_ID
from integrations.api.named_connections import in_body

NO_PULL = (
    "FlexSync takes what changes at the provider by itself. To read all that is there, start an import:"
    " POST /v1/imports."
)


class SyncAliasInput(StrictInput):
    """The row; and where it is sent, if there are several connections."""

    example = {"entity_type": "customer", "entity_id": "cust_01JD..."}

    entity_type = serializers.ChoiceField(KINDS)
    entity_id = serializers.CharField(max_length=LONGEST_ID)
    method = serializers.ChoiceField(["push", "pull"], default="push")
    provider_type = serializers.CharField(max_length=50, default="")
    connection_id = serializers.CharField(max_length=40, default="")


class SyncAliasView(EnvironmentView):
    """As `POST /v1/customers/{id}/sync/{provider}` and the like."""

    inputs = {"": SyncAliasInput}

    def post(self, request: Request) -> Response:
        """200 once the sync is under way, with its id."""
        body = SyncAliasInput(data=request.data)
        body.is_valid(raise_exception=True)
        asked: dict[str, Any] = body.validated_data
        kind, entity_id = Kind(asked["entity_type"]), asked["entity_id"]
        if not is_there(kind, entity_id, self.environment_id):
            raise Invalid.of({"entity_id": f"There is no {kind} {entity_id}."})
        if asked["method"] == "pull":
            raise Conflict(NO_PULL, code="not_supported")
        connection = in_body(self.environment_id, asked, "provider_type")
        refuse_unsendable(connection, kind)
        sync = start(connection, kind, entity_id, caller(request))
        return Response({"message": f"{entity_id} is sent to {connection.provider}.", "sync_id": sync.pk})
