"""Marks requests, so that what each asks of a provider is bounded."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from integrations.gateway import slots


class RequestsWait:
    """Middleware: within a request a call to a provider needs a slot."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Returns the response."""
        with slots.request():
            return self._get_response(request)
