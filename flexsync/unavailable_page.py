"""The page that people see where trying again helps: something is locked, or the database is slow."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from billing.api.errors import error_response

Handler = Callable[[HttpRequest], HttpResponseBase]
UNAVAILABLE = 503


class UnavailablePage:
    """Middleware: the API's errors with status 503, as a page. The API's own views answer in JSON before."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Returns the response."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Returns the page; None, which becomes a 500, for any other error."""
        found = error_response(error)
        if found is None or found.status != UNAVAILABLE:
            return None
        page = render(request, "unavailable.html", {"message": found.message}, status=found.status)
        for name, value in found.headers.items():
            page[name] = value
        return page
