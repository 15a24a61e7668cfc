"""Lets webhooks skip the middleware for people: sessions, messages, static files, metrics, request logs.

A webhook would otherwise spend most of its time there. What protects a machine's request stays: the redirect
to https and its headers, and the check of the host.
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

Handler = Callable[[HttpRequest], HttpResponseBase]

WEBHOOK = re.compile(r"/v1/(integrations/[^/]+/webhook(/[^/]+)?|webhooks/[^/]+/[^/]+/[^/]+)")
KEPT = (SecurityMiddleware, CommonMiddleware, XFrameOptionsMiddleware)
# There are as many addresses as connections; the view refuses a made-up one, so caching it does no harm.
_resolve = lru_cache(maxsize=256)(resolve)


class WebhookFastPath:
    """The first middleware: takes webhooks to their view past most of the middleware below it."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response
        self._webhook: Handler = _view
        for kept in reversed(KEPT):
            self._webhook = cast(Handler, kept(convert_exception_to_response(self._webhook)))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Returns the response; only POST requests take the fast path, because only they are many."""
        is_webhook = request.method == "POST" and WEBHOOK.fullmatch(request.path_info)
        return self._webhook(request) if is_webhook else self._get_response(request)


def _view(request: HttpRequest) -> HttpResponseBase:
    request.resolver_match = match = _resolve(request.path_info)
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return response
