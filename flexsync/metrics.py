"""/metrics, for Prometheus: with METRICS_TOKEN, or straight from one of METRICS_NETWORKS."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django_prometheus.exports import ExportToDjangoView

from billing.api.errors import ErrorResponse


def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics; 401 for whom they are not meant."""
    if _has_token(request) or _is_near(request):
        exported: HttpResponse = ExportToDjangoView(request)
        return exported
    message = "Send Authorization: Bearer <METRICS_TOKEN>, or ask from a network of METRICS_NETWORKS without a proxy."
    refusal = ErrorResponse("not_authenticated", message, 401)
    return JsonResponse(refusal.body(), status=401, headers={"WWW-Authenticate": "Bearer"})


def _has_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    return bool(token) and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")


def _is_near(request: HttpRequest) -> bool:
    """Whether the other end is in one of the networks; one behind a proxy could be anybody."""
    address = request.META.get("REMOTE_ADDR", "")
    if "X-Forwarded-For" in request.headers or not address:
        return False
    return any(ip_address(address) in ip_network(network) for network in settings.METRICS_NETWORKS)
