"""``POST /v1/invoices/{id}/sync/{provider}`` and the like: sends one entity, or shows what would be sent."""

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from billing.api.base_views import EnvironmentView
from billing.errors import Conflict, NotFound
from billing.events import Kind
from billing.persistence.tables import MODELS
from integrations.api.dry_run import DRY_RUN, DryRunSerializer, dry_run_response
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.history_serializers import SyncDetailSerializer
from integrations.api.schema import WHICH_CONNECTION, RowSchema
from integrations.connections.selection import choose
from integrations.gateway.slots import slot
from integrations.models import Connection, OutboundSync
from integrations.outbox import dry_run as outbound_dry_run
from integrations.outbox import syncs
from integrations.outbox.wait import wait_for
from integrations.provider_api import registry

LONGEST_WAIT = 30.0
SYNC_OR_DRY_RUN = PolymorphicProxySerializer(
    component_name="SyncOrDryRun",
    serializers=[SyncDetailSerializer, DryRunSerializer],
    resource_type_field_name=None,
)


class SyncQuery(serializers.Serializer[Any]):
    """The query string."""

    wait = serializers.FloatField(default=0, min_value=0, max_value=LONGEST_WAIT)
    dry_run = serializers.BooleanField(default=False)
    connection_id = serializers.CharField(default="")


class EntitySyncView(EnvironmentView):
    """Sends one entity to a provider, also when the connection's switch for it is off."""

    named = {"": ("sync", "Push {one} to a provider")}
    idempotency = "reserve"
    kind = Kind.INVOICE
    schema = RowSchema()
    inputs = {"": EmptyBody}
    responses = {"": {200: SYNC_OR_DRY_RUN, 202: SyncDetailSerializer}}
    parameters = (
        OpenApiParameter(
            "wait",
            {"type": "number", "minimum": 0, "maximum": LONGEST_WAIT},
            description="Seconds to wait for the sync to end, at most 30.",
        ),
        DRY_RUN,
        WHICH_CONNECTION,
    )

    def post(self, request: Request, entity_id: str, provider: str) -> Response:
        """202 with the sync; 200 once it is settled (with ``wait``), or with the calls (with ``dry_run``)."""
        refuse_body(request)
        query = SyncQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        options = query.validated_data
        environment_id = self.environment_id
        if not is_there(self.kind, entity_id, environment_id):
            raise NotFound(f"There is no {self.kind} {entity_id}.")
        connection = choose(environment_id, provider, options["connection_id"])
        refuse_unsendable(connection, self.kind)
        if options["dry_run"]:
            return dry_run_response(connection, outbound_dry_run.plan(connection, self.kind, entity_id))
        # Who waits needs a slot before anything is written; nobody else does.
        with slot() if options["wait"] else nullcontext():
            sync = start(connection, self.kind, entity_id, caller(request))
            wait_for([sync.pk], seconds=options["wait"])
        sync = OutboundSync.objects.select_related("connection").prefetch_related("calls").get(pk=sync.pk)
        return Response(SyncDetailSerializer(sync).data, status=200 if sync.settled_at else 202)

    def known_parameters(self) -> Iterable[str]:
        """Returns the names of the query's fields."""
        return SyncQuery().fields


def is_there(kind: Kind, entity_id: str, environment: str) -> bool:
    """Returns whether the environment has that row."""
    rows = MODELS[kind]._default_manager
    return bool(rows.filter(pk=entity_id, environment_id=environment).exists())


def refuse_unsendable(connection: Connection, kind: Kind) -> None:
    """Raises Conflict where rows of that kind are not sent to the provider."""
    if kind not in registry.provider(connection.provider).pushes:
        raise Conflict(f"FlexSync has no way to send {kind}s to {connection.provider}.", code="not_supported")


@transaction.atomic
def start(connection: Connection, kind: Kind, entity_id: str, started_by: str) -> OutboundSync:
    """Returns the sync that sends the row, also where the connection's switch for it is off."""
    return syncs.request(connection_id=connection.id, kind=kind, entity_id=entity_id, started_by=started_by)
