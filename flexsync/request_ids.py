"""Gives each request an id: in its answer, its errors and its log lines. A caller may give one of its own."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER, IN_META = "X-Request-ID", "HTTP_X_REQUEST_ID"
# What a caller's own id may look like: nothing that could forge a line of the log.
OWN = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")


class RequestIds:
    """The first middleware: all that is logged from here on has the id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Returns the response, with the id in its header."""
        given = request.META.get(IN_META, "")
        request_id = given if OWN.fullmatch(given) else f"req_{uuid.uuid4().hex}"
        # Where the log and the error pages find it: ``request.headers`` is made of it when it is first read.
        request.META[IN_META] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self._get_response(request)
        response.headers[HEADER] = request_id
        return response
