"""The page with a new secret: the answer to the request that made it, and kept nowhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers


def page(
    admin: Any, request: HttpRequest, *, title: str, explanation: str, secret: str, back: str
) -> HttpResponse:
    """Shows the secret; no browser or proxy stores it (``Cache-Control: no-store``), nor do messages."""
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": title,
        "explanation": explanation,
        "secret": secret,
        "back": back,
    }
    response = TemplateResponse(request, "admin/billing/shown_once.html", context)
    add_never_cache_headers(response)
    return response
