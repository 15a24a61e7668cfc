"""``/v1/webhook_endpoints``: where events are sent, whether they arrive, and sending them again."""

from typing import Any

from django.utils import timezone
from django_filters import ChoiceFilter
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api import versions
from billing.api.filters import ListFilter, ListOfChoicesFilter, ListOfTextsFilter, TotalOrdering
from billing.api.idempotency import OnceResponse
from billing.errors import NotFound
from billing.texts import is_storable
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.filters import NEWEST, YES_NO
from integrations.api.row_viewset import RowViewSet
from integrations.api.webhook_endpoint_serializers import (
    AnswerSerializer,
    NewWebhookEndpointSerializer,
    ResendInput,
    ResentSerializer,
    WebhookDeliverySerializer,
    WebhookEndpointChange,
    WebhookEndpointInput,
    WebhookEndpointSerializer,
    WebhookSecretInput,
)
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.models.webhook_deliveries import DeliveryState
from integrations.outbound_webhooks import endpoints, probes, resending
from integrations.outbound_webhooks.resending import Wanted

KEEP = "Store it now: it is in this response only."
WAS_SHOWN = (
    "It was in the first response to this Idempotency-Key, and is never shown again. Make another one, beside it,"
    " with POST /v1/webhook_endpoints/{}/secrets."
)


class WebhookEndpointFilter(ListFilter):
    """Filters endpoints."""

    id = ListOfTextsFilter(help_text="Ids, separated by commas.")
    enabled = ChoiceFilter(
        choices=YES_NO, method="filter_enabled", help_text="Those that events are sent to."
    )
    ordering = TotalOrdering(fields=("created_at",), help_text=NEWEST)

    def filter_enabled(self, endpoints: Any, _name: str, value: str) -> Any:
        """Returns those that are enabled, or the others."""
        return endpoints.filter(enabled=value == "true")


class WebhookDeliveryFilter(ListFilter):
    """Filters deliveries."""

    state = ListOfChoicesFilter(choices=DeliveryState.choices)
    event_id = ListOfTextsFilter()
    # By the event's index: the deliveries have one for what is pending only.
    object_id = ListOfTextsFilter("event__object_id")
    type = ListOfTextsFilter("event__type")


class WebhookEndpointViewSet(RowViewSet[WebhookEndpoint]):
    """Addresses that events are sent to."""

    noun = "webhook endpoint"
    named = {
        "destroy": ("delete", "Delete {one}"),
        "secrets": ("rotate_secret", "Make another secret of {one}"),
        "resend": ("resend", "Send events to {one} again"),
    }
    environment_path = "environment_id"
    queryset = WebhookEndpoint.objects.filter(deleted_at=None).prefetch_related("secrets")
    serializer_class = detail_serializer_class = WebhookEndpointSerializer
    filterset_class = WebhookEndpointFilter
    inputs = {
        "create": WebhookEndpointInput,
        "partial_update": WebhookEndpointChange,
        "secrets": WebhookSecretInput,
        "resend": ResendInput,
        "test": EmptyBody,
    }
    versioned = frozenset({"partial_update", "destroy", "secrets"})
    responses = {
        "create": {201: NewWebhookEndpointSerializer},
        "secrets": {200: NewWebhookEndpointSerializer},
        "destroy": {204: None},
        "test": {200: AnswerSerializer},
        "resend": {202: ResentSerializer},
    }

    def create(self, request: Request) -> Response:
        """Makes an endpoint; the response has its secret, which is never shown again."""
        values = self._body(WebhookEndpointInput)
        made, secret = endpoints.create(environment_id=self.environment_id, now=timezone.now(), **values)
        return self._with_secret(made.pk, secret, status=201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Changes an endpoint; enabling it lets what has waited be sent."""
        endpoints.update(self.row(id).pk, **self._body(WebhookEndpointChange))
        return self.respond(id)

    def destroy(self, request: Request, id: str) -> Response:
        """Deletes an endpoint: once this has returned nothing is sent to it any more."""
        endpoints.delete(self.row(id).pk, timezone.now())
        return Response(status=204)

    def secrets(self, request: Request, id: str) -> Response:
        """Makes another secret; for the time of the overlap webhooks are signed by both."""
        row, values = self.row(id), self._body(WebhookSecretInput)
        return self._with_secret(row.pk, endpoints.rotate(row.pk, now=timezone.now(), **values))

    def test(self, request: Request, id: str) -> Response:
        """Sends a test at once, and returns the answer."""
        refuse_body(request)
        return Response(AnswerSerializer(probes.test(self.row(id), timezone.now())).data)

    def resend(self, request: Request, id: str) -> Response:
        """Sends events again, in their order: some, those that failed, or everything since a time."""
        row, values = self.row(id), self._body(ResendInput)
        count = resending.resend(row.pk, Wanted(**values), timezone.now())
        return Response({"queued": count}, status=202)

    def _body(self, parser: Any) -> dict[str, Any]:
        body = parser(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _with_secret(self, id: str, secret: str, status: int = 200) -> Response:
        row = self.row(id)
        row.secret, row.secret_note = secret, KEEP  # type: ignore[attr-defined]
        repeated = {"secret": "", "secret_note": WAS_SHOWN.format(id)}
        shown = OnceResponse(NewWebhookEndpointSerializer(row).data, repeated=repeated, status=status)
        shown["ETag"] = versions.etag(row.version)
        return shown


class WebhookDeliveryViewSet(RowViewSet[WebhookDelivery]):
    """Events that an endpoint gets."""

    noun = "attempted webhook"
    named = {"list": ("deliveries", "List the attempts of a webhook endpoint")}
    environment_path = "endpoint__environment_id"
    queryset = WebhookDelivery.objects.select_related("event").order_by("-position")
    serializer_class = detail_serializer_class = WebhookDeliverySerializer
    filterset_class = WebhookDeliveryFilter

    def get_queryset(self) -> Any:
        """Returns those of the endpoint, without the objects of their events."""
        found = super().get_queryset().filter(endpoint_id=self.kwargs["id"], endpoint__deleted_at=None)
        return found.defer("event__data", "event__changes").prefetch_related("attempts_made")

    def list(self, request: Request, id: str = "") -> Response:
        """Returns its deliveries with their attempts, the newest event first."""
        live = WebhookEndpoint.objects.filter(environment_id=self.environment_id, deleted_at=None)
        if not is_storable(id) or not live.filter(pk=id).exists():
            raise NotFound(f"There is no webhook endpoint {id}.")
        return super().list(request)
