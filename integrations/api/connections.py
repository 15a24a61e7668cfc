"""``/v1/connections``: create, change, test, pause, resume, rotate secrets, archive."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api import versions
from billing.api.authentication import caller
from integrations.api.connection_input import ConnectionChange, ConnectionInput, SecretsInput
from integrations.api.connection_serializers import (
    AccountSerializer,
    ConnectionSerializer,
    RegisteredWebhookSerializer,
)
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.filters import ConnectionFilter
from integrations.api.health_serializers import SavedConnectionSerializer
from integrations.api.row_viewset import RowViewSet
from integrations.api.schema import RowSchema
from integrations.connections import credentials, manage
from integrations.gateway.slots import waits
from integrations.models import Alarm, Connection
from integrations.models.connections import ConnectionStatus
from integrations.outbox import switching
from integrations.reconcile.doctor import saving
from integrations.reconcile.recovering import recoveries


class DeletionQuery(serializers.Serializer[Any]):
    """The query string of DELETE."""

    leave_invoices_open = serializers.BooleanField(default=False)


class ConnectionSchema(RowSchema):
    """Offers what DELETE takes."""

    def get_override_parameters(self) -> list[Any]:
        """With ``leave_invoices_open``, where a connection is deleted."""
        found = super().get_override_parameters()
        return [*found, DeletionQuery] if getattr(self.view, "action", "") == "destroy" else found


class ConnectionViewSet(RowViewSet[Connection]):
    """Accounts at providers."""

    schema = ConnectionSchema()

    noun = "connection"
    environment_path = "environment_id"
    queryset = (
        Connection.objects.exclude(status=ConnectionStatus.ARCHIVED)
        .select_related("event_poll")
        .prefetch_related("signing_secrets", Prefetch("alarms", Alarm.objects.filter(ended_at=None)))
    )
    serializer_class = detail_serializer_class = ConnectionSerializer
    filterset_class = ConnectionFilter
    inputs = {
        "create": ConnectionInput,
        "partial_update": ConnectionChange,
        "secrets": SecretsInput,
        **dict.fromkeys(("test", "pause", "resume", "recover", "webhook_endpoint"), EmptyBody),
    }
    versioned = frozenset({"partial_update", "destroy", "pause", "resume", "secrets"})
    responses = {
        "create": {201: SavedConnectionSerializer},
        "secrets": {200: SavedConnectionSerializer},
        "destroy": {204: None},
        "test": {200: AccountSerializer},
        "webhook_endpoint": {200: RegisteredWebhookSerializer},
    }

    @waits
    def create(self, request: Request) -> Response:
        """Creates a connection; its secrets are never returned."""
        body = ConnectionInput(data=request.data)
        body.is_valid(raise_exception=True)
        connection = manage.create(
            environment_id=self.environment_id, now=timezone.now(), **body.validated_data
        )
        return self._saved(connection, status=201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Changes the name and switches."""
        body = ConnectionChange(data=request.data)
        body.is_valid(raise_exception=True)
        switching.update(self.row(id), **body.validated_data)
        return self.respond(id)

    def destroy(self, request: Request, id: str) -> Response:
        """Archives the connection: erases its secrets and stops all work; mappings and history stay.

        409 while its account asks for invoices, unless `leave_invoices_open` says that they are to stay open.
        """
        query = DeletionQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        switching.archive(self.row(id), **query.validated_data)
        return Response(status=204)

    def test(self, request: Request, id: str) -> Response:
        """Asks the provider whose credentials these are; this activates a broken connection again."""
        refuse_body(request)
        connection = self.row(id)
        account = manage.test(connection)
        found = {
            "account_id": account.id,
            "name": account.name,
            "livemode": account.livemode,
            "status": connection.status,
        }
        return Response(found)

    def pause(self, request: Request, id: str) -> Response:
        """Stops work in both directions until the connection is resumed; events and syncs are kept."""
        refuse_body(request)
        manage.pause(self.row(id))
        return self.respond(id)

    def resume(self, request: Request, id: str) -> Response:
        """Continues the work of a paused or broken connection."""
        refuse_body(request)
        manage.resume(self.row(id))
        return self.respond(id)

    def recover(self, request: Request, id: str) -> Response:
        """Recovers after a backup was restored: nothing is sent until what it forgot is known again."""
        refuse_body(request)
        recoveries.start(self.row(id), by=caller(request), now=timezone.now())
        return self.respond(id)

    @waits
    def secrets(self, request: Request, id: str) -> Response:
        """Replaces credentials."""
        connection, body = self.row(id), SecretsInput(data=request.data)
        body.is_valid(raise_exception=True)
        credentials.rotate(connection, now=timezone.now(), **body.validated_data)
        return self._saved(connection)

    def _saved(self, connection: Connection, status: int = 200) -> Response:
        """The connection as it is now, and what is wrong with the credentials that were just stored."""
        problems = saving.problems(connection, timezone.now())
        row = self.row(connection.pk)
        row.problems = [problem.shown() for problem in problems]  # type: ignore[attr-defined]
        data = SavedConnectionSerializer(row).data
        return Response(data, status=status, headers=versions.headers(row))

    def webhook_endpoint(self, request: Request, id: str) -> Response:
        """Makes or repairs the provider's webhook endpoint for this connection."""
        refuse_body(request)
        connection = self.row(id)
        made = credentials.register_webhook(connection, timezone.now())
        answer = {
            "webhook_endpoint_id": made.endpoint_id,
            "webhook_url": credentials.webhook_url(connection),
        }
        return Response(answer)

    def known_parameters(self) -> Iterable[str]:
        """The filters and paging of a list, and what DELETE takes."""
        return {"leave_invoices_open"} if self.action == "destroy" else super().known_parameters()
