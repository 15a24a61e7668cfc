"""``/v1/connections/{id}/health`` and what mends a connection: prove its webhooks, poll its events."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.connection_serializers import ConnectionSerializer
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.health_serializers import HealthSerializer, ProofSerializer
from integrations.api.row_viewset import RowViewSet
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.reconcile.catch_up import polling
from integrations.reconcile.doctor import doctor, proof


class HealthViewSet(RowViewSet[Connection]):
    """Whether a connection can work, and what to do where it cannot."""

    noun = "connection"
    environment_path = "environment_id"
    queryset = Connection.objects.exclude(status=ConnectionStatus.ARCHIVED)
    detail_serializer_class = ConnectionSerializer
    inputs = {"prove": EmptyBody, "poll": EmptyBody}
    responses: dict[str, Any] = {
        "health": {200: HealthSerializer},
        "prove": {200: ProofSerializer},
        "poll": {202: ConnectionSerializer},
    }

    def health(self, request: Request, id: str) -> Response:
        """Examines the connection now: asks the provider, and changes nothing."""
        return Response(HealthSerializer(doctor.examine(self.row(id), timezone.now()).shown()).data)

    def prove(self, request: Request, id: str) -> Response:
        """Changes something harmless at the provider, and waits up to 15 seconds for its webhook."""
        refuse_body(request)
        event = proof.prove(self.row(id))
        found = {"proven": event is not None, "event_id": event.pk if event else ""}
        return Response(ProofSerializer(found).data)

    def poll(self, request: Request, id: str) -> Response:
        """Polls the provider's list of events at once, for what no webhook has brought."""
        refuse_body(request)
        polling.request(self.row(id).pk, timezone.now())
        return self.respond(id, status=202)
