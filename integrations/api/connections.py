"""``/v1/connections``: create, change, test, pause, resume, rotate secrets, archive."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.connection_input import ConnectionChange, ConnectionInput, SecretsInput
from integrations.api.connection_serializers import (
    AccountSerializer,
    ConnectionSerializer,
    WebhookEndpointSerializer,
)
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.filters import ConnectionFilter
from integrations.api.row_viewset import RowViewSet
from integrations.connections import credentials, manage
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus


class ConnectionViewSet(RowViewSet[Connection]):
    """Accounts at providers."""

    noun = "connection"
    environment_path = "environment_id"
    queryset = Connection.objects.exclude(status=ConnectionStatus.ARCHIVED).prefetch_related(
        "signing_secrets"
    )
    serializer_class = detail_serializer_class = ConnectionSerializer
    filterset_class = ConnectionFilter
    inputs = {
        "create": ConnectionInput,
        "partial_update": ConnectionChange,
        "secrets": SecretsInput,
        **dict.fromkeys(("test", "pause", "resume", "webhook_endpoint"), EmptyBody),
    }
    responses = {
        "create": {201: ConnectionSerializer},
        "destroy": {204: None},
        "test": {200: AccountSerializer},
        "webhook_endpoint": {200: WebhookEndpointSerializer},
    }

    def create(self, request: Request) -> Response:
        """Creates a connection; its secrets are never returned."""
        body = ConnectionInput(data=request.data)
        body.is_valid(raise_exception=True)
        connection = manage.create(
            environment_id=self.environment_id, now=timezone.now(), **body.validated_data
        )
        return self.respond(connection.pk, status=201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Changes the name and switches."""
        body = ConnectionChange(data=request.data)
        body.is_valid(raise_exception=True)
        manage.update(self.row(id), **body.validated_data)
        return self.respond(id)

    def destroy(self, request: Request, id: str) -> Response:
        """Archives the connection: erases its secrets and stops all work; mappings and history stay."""
        manage.archive(self.row(id))
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

    def secrets(self, request: Request, id: str) -> Response:
        """Replaces credentials."""
        connection, body = self.row(id), SecretsInput(data=request.data)
        body.is_valid(raise_exception=True)
        credentials.rotate(connection, now=timezone.now(), **body.validated_data)
        return self.respond(id)

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
