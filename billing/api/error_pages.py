"""Errors outside any view: in the API's format under /v1/, Django's pages elsewhere."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views import defaults
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.api.errors import ErrorResponse
from billing.errors import Code

Page = Callable[..., HttpResponseBase]


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


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """The response to what Django or a middleware refuses."""
    response = ErrorResponse(Code.INVALID, "The address or its headers are not valid.", 400)
    return _page(request, response, defaults.bad_request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """The response to a path that nothing matches."""
    response = ErrorResponse(Code.NOT_FOUND, f"There is nothing at {request.path}.", 404)
    return _page(request, response, defaults.page_not_found, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """The response to an unexpected error: the cause is only in the log."""
    message = "An unexpected error occurred, and FlexSync has logged it. Try again later."
    named = {"request_id": request.META.get("HTTP_X_REQUEST_ID", "")}
    return _page(request, ErrorResponse("internal_error", message, 500, named), _server_error)


def _server_error(request: HttpRequest) -> HttpResponseBase:
    """The page, which asks nothing of the database: it may be what is wrong."""
    named = {"request_id": request.META.get("HTTP_X_REQUEST_ID", "")}
    return HttpResponse(render_to_string("500.html", named), status=500)


def _page(request: HttpRequest, response: ErrorResponse, elsewhere: Page, *causes: Any) -> HttpResponseBase:
    if not request.path.startswith("/v1/"):
        return elsewhere(request, *causes)
    return JsonResponse(response.body(), status=response.status)
