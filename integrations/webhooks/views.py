"""The entry point for webhooks of every provider: verifies, stores and responds, nothing more."""

from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.views import APIView

from billing.api.errors import error_response
from billing.api.schema import errors
from integrations.db.encryption import NoKeyOpens
from integrations.errors import InvalidSignature, Rejected
from integrations.webhooks import receive, refusal_log, rejections

MAX_BYTES = 1024 * 1024


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"
    default_detail = f"The body is too large: a webhook may have {MAX_BYTES} bytes at most."


class InvalidWebhook(APIException):
    status_code = status.HTTP_400_BAD_REQUEST


class NotStored(APIException):
    """The provider sends the event again: only 200 says that it is durable."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "not_stored"
    default_detail = (
        "The event could not be stored, because the database does not respond in time. Send it again."
    )


class Unverifiable(APIException):
    """Who sent it can be told once the key is back: it is sent again until then."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "secret_unreadable"


class ReceivedSerializer(serializers.Serializer[Any]):
    """The event is stored. ``id``: of its row; ``duplicate``: it was stored before."""

    received = serializers.BooleanField()
    id = serializers.CharField()
    duplicate = serializers.BooleanField()


class WebhookSchema(AutoSchema):
    """Describes the addresses that providers post to."""

    def get_operation_id(self) -> str:
        """``integrations_webhook``."""
        return f"integrations_{self._named()[0]}"

    def get_summary(self) -> str:
        """What the view says."""
        return self._named()[1]

    def _named(self) -> tuple[str, str]:
        view: WebhookView = self.view  # type: ignore[assignment]  # the only view that has this schema
        return view.named


class WebhookView(APIView):
    """Receives a provider's events. The signature is the only proof of who sent them."""

    # The name of the call in OpenAPI, and its summary.
    named = ("webhook", "Receive an event of a provider")
    schema = WebhookSchema()
    authentication_classes = ()
    permission_classes = ()
    parser_classes = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Handles POST without the framework around it, which would cost as much as storing the event."""
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        try:
            return self.post(request, **kwargs)
        except APIException as error:
            return _rejection(error, **kwargs)

    @extend_schema(request=dict, responses={200: ReceivedSerializer, **errors(400, 404, 413, 503)}, auth=[])
    def post(
        self, request: HttpRequest, provider: str, connection_id: str | None = None, **_flexprice: str
    ) -> JsonResponse:
        """200 once the event is stored, 400 for a signature that does not prove its sender."""
        event_id, created = _received(request, provider, connection_id)
        return JsonResponse({"received": True, "id": event_id, "duplicate": not created})


def _received(request: HttpRequest, provider: str, connection_id: str | None) -> tuple[str, bool]:
    """The id of the event's row, and whether it is new; raises the API's errors."""
    try:
        return receive.receive(provider, connection_id, request.headers, _body(request), timezone.now())
    except LookupError as error:
        raise NotFound(str(error)) from error
    except InvalidSignature as error:
        raise InvalidWebhook(str(error), code="invalid_signature") from error
    except NoKeyOpens as error:
        raise Unverifiable(str(error)) from error
    except Rejected as error:
        raise InvalidWebhook(str(error), code="invalid_payload") from error
    except (OperationalError, InterfaceError) as error:
        raise NotStored from error


def _body(request: HttpRequest) -> bytes:
    """The raw body, read here because Django's own limit, for the API, is lower; raises TooLarge."""
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise TooLarge
    return body


def _rejection(error: APIException, **address: str) -> HttpResponseBase:
    """Says why, to the sender and in the log."""
    answer = error_response(error)
    if answer is None:
        raise error
    connection_id = address.get("connection_id", "")
    rejections.count(answer.code, connection_id)
    facts = {"message": answer.message, "status": answer.status, "provider": address.get("provider")}
    # An address that nobody has is anybody's invention.
    known = "" if answer.code in rejections.UNKNOWN else connection_id
    refusal_log.refused(answer.code, known, cause=type(error.__cause__).__name__, **facts)
    response = JsonResponse(answer.body(), status=answer.status)
    # Django would write a line for each.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
