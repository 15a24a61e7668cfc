"""The pages that people see where trying again helps, and where the database has refused what they did."""

from collections.abc import Callable

import structlog
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from billing.api.errors import error_response

Handler = Callable[[HttpRequest], HttpResponseBase]
UNAVAILABLE, REFUSED = 503, 409
log = structlog.get_logger(__name__)


class UnavailablePage:
    """Middleware: the API's errors with status 503, and broken constraints, as a page.

    The API's own views answer in JSON before.
    """

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Returns the response."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Returns the page; None, which becomes a 500, for any other error."""
        if isinstance(error, IntegrityError) and not request.path.startswith("/v1/"):
            return _refused(request, error)
        found = error_response(error)
        if found is None or found.status != UNAVAILABLE:
            return None
        page = render(request, "unavailable.html", {"message": found.message}, status=found.status)
        for name, value in found.headers.items():
            page[name] = value
        return page


def _refused(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    """Says in the constraint's own words which rule the database has kept."""
    log.error("database_refused", exc_info=error)
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "a constraint"
    context = {"rule": name.replace("_", " "), "request_id": request.META.get("HTTP_X_REQUEST_ID", "")}
    return render(request, "refused.html", context, status=REFUSED)
