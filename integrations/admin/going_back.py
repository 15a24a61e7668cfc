"""Where a person goes after a button was pressed: to the page that had it."""

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def page_before(request: HttpRequest, otherwise: str) -> str:
    """Returns the page of this site that the request names."""
    page = request.POST.get("next") or request.GET.get("next", "")
    return page if _is_ours(request, page) else otherwise


def back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """Returns to the page of this site that the request names or came from."""
    page = request.POST.get("next") or request.headers.get("referer", "")
    return redirect(page if _is_ours(request, page) else otherwise)


def _is_ours(request: HttpRequest, page: str) -> bool:
    return url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
