"""Connections: made, changed, tested, paused, rotated and deleted."""

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
    serializer_class = whole = ConnectionSerializer
    filterset_class = ConnectionFilter
    inputs = {
        "create": ConnectionInput,
        "partial_update": ConnectionChange,
        "secrets": SecretsInput,
        **dict.fromkeys(("test", "pause", "resume", "webhook_endpoint"), EmptyBody),
    }
    answers = {
        "create": {201: ConnectionSerializer},
        "destroy": {204: None},
        "test": {200: AccountSerializer},
        "webhook_endpoint": {200: WebhookEndpointSerializer},
    }

    def create(self, request: Request) -> Response:
        """A new connection; its secrets are never answered."""
        body = ConnectionInput(data=request.data)
        body.is_valid(raise_exception=True)
        made = manage.create(environment_id=self.environment_id, now=timezone.now(), **body.validated_data)
        return self.answer(made.pk, status=201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Another name, other switches."""
        body = ConnectionChange(data=request.data)
        body.is_valid(raise_exception=True)
        manage.update(self.row(id), **body.validated_data)
        return self.answer(id)

    def destroy(self, request: Request, id: str) -> Response:
        """Erases the secrets and stops all work; mappings and history stay."""
        manage.archive(self.row(id))
        return Response(status=204)

    def test(self, request: Request, id: str) -> Response:
        """Asks the provider whose credentials these are; a broken connection works again when it answers."""
        refuse_body(request)
        connection = self.row(id)
        account = manage.test(connection)
        answer = {
            "account_id": account.id,
            "name": account.name,
            "livemode": account.livemode,
            "status": connection.status,
        }
        return Response(answer)

    def pause(self, request: Request, id: str) -> Response:
        """Lets work wait, both ways."""
        refuse_body(request)
        manage.pause(self.row(id))
        return self.answer(id)

    def resume(self, request: Request, id: str) -> Response:
        """Lets the work of a paused or broken connection go on."""
        refuse_body(request)
        manage.resume(self.row(id))
        return self.answer(id)

    def secrets(self, request: Request, id: str) -> Response:
        """Puts new credentials in the old ones' place."""
        connection, body = self.row(id), SecretsInput(data=request.data)
        body.is_valid(raise_exception=True)
        credentials.rotate(connection, now=timezone.now(), **body.validated_data)
        return self.answer(id)

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
