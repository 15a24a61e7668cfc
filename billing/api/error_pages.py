"""Errors outside any view: in the API's format under /v1/, Django's pages elsewhere."""

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views import defaults
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.api.errors import ErrorResponse


class UnknownPath(APIView):
    """Every path under /v1/ that has no view."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *_args: object, **_kwargs: object) -> None:
        """Refuses every method alike."""
        raise NotFound(f"There is nothing at {request.path}. The API's calls are listed at /v1/docs.")

    def get(self, request: Request, **_kwargs: object) -> Response:
        """Never reached."""
        raise NotImplementedError


def server_error(request: HttpRequest) -> HttpResponseBase:
    """The response to an unexpected error: the cause is only in the log."""
    if not request.path.startswith("/v1/"):
        return defaults.server_error(request)
    response = ErrorResponse(
        "internal_error",
        "An unexpected error occurred, and FlexSync has logged it. Try again later.",
        500,
        {"request_id": request.headers.get("X-Request-ID", "")},
    )
    return JsonResponse(response.body(), status=500)
