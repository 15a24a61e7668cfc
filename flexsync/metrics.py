"""/metrics, for Prometheus: with METRICS_TOKEN, or from one of METRICS_NETWORKS."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django_prometheus.exports import ExportToDjangoView

from billing.api.errors import ErrorResponse
from flexsync.trusted_proxies import is_within


def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics; 401 for whom they are not meant."""
    if _has_token(request) or _is_near(request):
        exported: HttpResponse = ExportToDjangoView(request)
        return exported
    message = "Send Authorization: Bearer <METRICS_TOKEN>, or ask from a network of METRICS_NETWORKS."
    refusal = ErrorResponse("not_authenticated", message, 401)
    return JsonResponse(refusal.body(), status=401, headers={"WWW-Authenticate": "Bearer"})


def _has_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    return bool(token) and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")


def _is_near(request: HttpRequest) -> bool:
    """Whether the client is in one of the networks; behind a proxy that nobody trusts it could be anyone."""
    is_forwarded = "X-Forwarded-For" in request.headers
    return not is_forwarded and is_within(settings.METRICS_NETWORKS, request.META.get("REMOTE_ADDR", ""))
