"""Webhooks pass by the middleware that is for people: sessions, messages, static files, metrics, request logs.

They keep what protects a machine's request too: the redirect to https and its headers, and the check of the host.
Most of the time of a webhook would otherwise go by there.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import resolve

Way = Callable[[HttpRequest], HttpResponseBase]

WEBHOOK = re.compile(r"/v1/integrations/[^/]+/webhook(/[^/]+)?")
KEPT = (SecurityMiddleware, CommonMiddleware, XFrameOptionsMiddleware)
# There are as many addresses as connections; of a made-up one the view makes nothing, so it does no harm here.
_resolve = lru_cache(maxsize=256)(resolve)


class ExpressLane:
    """The first middleware: takes webhooks to their view by a shorter way."""

    def __init__(self, get_response: Way) -> None:
        self._everything = get_response
        self._webhook: Way = _view
        for kept in reversed(KEPT):
            self._webhook = cast(Way, kept(convert_exception_to_response(self._webhook)))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of whichever way is the request's; only what is posted comes in numbers."""
        short = request.method == "POST" and WEBHOOK.fullmatch(request.path_info)
        return self._webhook(request) if short else self._everything(request)


def _view(request: HttpRequest) -> HttpResponseBase:
    request.resolver_match = match = _resolve(request.path_info)
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return answer
