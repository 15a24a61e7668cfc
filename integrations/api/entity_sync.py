"""``POST /v1/invoices/{id}/sync/stripe`` and its like: push one entity now, wait for it, or only show the plan."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import transaction
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.doors import Door
from billing.errors import Conflict, NotFound
from billing.events import Kind
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.history_serializers import SyncDetailSerializer
from integrations.api.row_viewset import caller
from integrations.api.schema import WHICH_CONNECTION, RowSchema
from integrations.connections.selection import choose
from integrations.models import Connection, OutboundSync
from integrations.outbox import dry_run as outbound_dry_run
from integrations.outbox import syncs
from integrations.outbox.wait import wait_for
from integrations.provider_api import registry

LONGEST_WAIT = 30.0


class Question(serializers.Serializer[Any]):
    """The query string."""

    wait = serializers.FloatField(default=0, min_value=0, max_value=LONGEST_WAIT)
    dry_run = serializers.BooleanField(default=False)
    connection_id = serializers.CharField(default="")


class EntitySyncView(Door):
    """Pushes one entity whatever the connection's switches say: somebody asks for it."""

    idempotency = "reserve"
    kind = Kind.INVOICE
    schema = RowSchema()
    inputs = {"": EmptyBody}
    answers = {"": {200: SyncDetailSerializer, 202: SyncDetailSerializer}}
    parameters = (
        OpenApiParameter("wait", float, description="Seconds to wait for the end, at most 30."),
        OpenApiParameter("dry_run", bool, description="Answer the plan and change nothing."),
        WHICH_CONNECTION,
    )

    def post(self, request: Request, entity_id: str, provider: str) -> Response:
        """202 with the sync, 200 once it is settled (with ``wait``) or for the plan (with ``dry_run``)."""
        refuse_body(request)
        question = Question(data=request.query_params.dict())
        question.is_valid(raise_exception=True)
        asked = question.validated_data
        _exists(self.kind, entity_id, self.environment_id)
        connection = choose(self.environment_id, provider, asked["connection_id"])
        if self.kind not in registry.provider(provider).pushes:
            raise Conflict(f"FlexSync has no way to send {self.kind}s to {provider}.", code="not_supported")
        if asked["dry_run"]:
            return Response(_plan(connection, self.kind, entity_id))
        with transaction.atomic():
            sync = syncs.request(
                connection_id=connection.id, kind=self.kind, entity_id=entity_id, started_by=caller(request)
            )
        wait_for([sync.pk], seconds=asked["wait"])
        sync = OutboundSync.objects.select_related("connection").prefetch_related("calls").get(pk=sync.pk)
        return Response(SyncDetailSerializer(sync).data, status=200 if sync.settled_at else 202)

    def known_parameters(self) -> Iterable[str]:
        """Those of the question."""
        return Question().fields


def _exists(kind: Kind, entity_id: str, environment: str) -> None:
    rows = apps.get_model("billing", kind)._default_manager
    if not rows.filter(pk=entity_id, environment_id=environment).exists():
        raise NotFound(f"There is no {kind} {entity_id}.")


def _plan(connection: Connection, kind: Kind, entity_id: str) -> dict[str, Any]:
    calls = outbound_dry_run.plan(connection, kind, entity_id)
    return {
        "dry_run": True,
        "connection_id": connection.id,
        "calls": [dataclasses.asdict(call) for call in calls],
    }
