"""Where REQUIRE_SECOND_FACTOR is on, nobody sees the admin without one."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse


class SecondFactorRequired:
    """Middleware: leads who has not given a second factor to the page where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Returns the response, or a redirect to the page."""
        if settings.REQUIRE_SECOND_FACTOR and _is_closed(request):
            messages.warning(request, "FlexSync is only used with a second factor here. Set yours up first.")
            return redirect("second_factor")
        return self._get_response(request)


def _is_closed(request: HttpRequest) -> bool:
    user: Any = request.user
    is_page_of_admin = request.path.startswith(reverse("admin:index"))
    open_ones = {reverse(name) for name in ("second_factor", "admin:login", "admin:logout")}
    return is_page_of_admin and request.path not in open_ones and user.is_staff and not user.is_verified()
