"""The door for webhooks: one view for every provider; it verifies, stores and answers, nothing more."""

from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.views import APIView

from billing.api.errors import answer_to
from integrations.errors import InvalidSignature, Rejected
from integrations.webhooks import receive, rejections

LARGEST = 1024 * 1024

log = structlog.get_logger(__name__)


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"
    default_detail = f"A webhook may have {LARGEST} bytes at most."


class InvalidWebhook(APIException):
    status_code = status.HTTP_400_BAD_REQUEST


class NotStored(APIException):
    """The sender comes again: only 200 says that an event is durable."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "not_stored"
    default_detail = "The database does not take the event now. Send it again."


class WebhookView(APIView):
    """Takes a provider's events. The signature is the only proof asked for."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """POST goes straight to its work: the framework around it would cost as much as storing the event."""
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        try:
            return self.post(request, **kwargs)
        except APIException as error:
            return _refusal(error, **kwargs)

    @extend_schema(request=dict, responses={200: dict}, auth=[])
    def post(self, request: HttpRequest, provider: str, connection_id: str | None = None) -> JsonResponse:
        """200 once the event is stored (whatever it is), 400 for a signature that does not prove its sender."""
        event_id, created = _received(request, provider, connection_id)
        return JsonResponse({"received": True, "id": event_id, "duplicate": not created})


def _received(request: HttpRequest, provider: str, connection_id: str | None) -> tuple[str, bool]:
    """The row of the event and whether it is new, or why not in the API's words."""
    try:
        return receive.receive(provider, connection_id, request.headers, _body(request), timezone.now())
    except LookupError as error:
        raise NotFound(str(error)) from error
    except InvalidSignature as error:
        raise InvalidWebhook(str(error), code="invalid_signature") from error
    except Rejected as error:
        raise InvalidWebhook(str(error), code="invalid_payload") from error
    except (OperationalError, InterfaceError) as error:
        raise NotStored from error


def _body(request: HttpRequest) -> bytes:
    """The raw body; raises TooLarge. Read here because Django's own limit is lower, meant for our API."""
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise TooLarge
    return body


def _refusal(error: APIException, **address: str) -> HttpResponseBase:
    """Says why, to the sender and in the log."""
    answer = answer_to(error)
    if answer is None:
        raise error
    said = {"code": answer.code, "message": answer.message, "status": answer.status}
    rejections.count(answer.code)
    log.warning("webhook_refused", **said, cause=type(error.__cause__).__name__, **address)
    return JsonResponse(answer.body(), status=answer.status)
