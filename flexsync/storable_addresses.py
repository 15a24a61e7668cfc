"""Refuses addresses that no row can have: PostgreSQL stores no NUL, so such an id or filter finds nothing."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from billing.texts import is_storable


class StorableAddresses:
    """Comes before what routes: 404 for a NUL in the path, 400 for one in the query.

    Under /v1/ the views refuse it in the query, by the name of the parameter.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The response; raises Http404 or BadRequest."""
        if not is_storable(request.path_info):
            raise Http404("There is nothing at an address with a NUL.")
        if "%00" in request.META["QUERY_STRING"] and not request.path_info.startswith("/v1/"):
            raise BadRequest("Send the query without NUL (%00).")
        return self._get_response(request)
