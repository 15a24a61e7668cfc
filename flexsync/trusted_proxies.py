"""Takes a request's origin from a proxy that is trusted, and from nobody else.

From here on REMOTE_ADDR is the client's own address, for metrics, limits and the log alike.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

ADDRESS, FORWARDED_FOR, FORWARDED_PROTO = "REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"


class TrustedProxies:
    """The first middleware: no other may see what a stranger says of a request's address and scheme."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Returns the response."""
        if is_within(settings.TRUSTED_PROXIES, request.META.get(ADDRESS, "")):
            _take_over(request.META)
        else:
            request.META.pop(FORWARDED_PROTO, None)
        return self._get_response(request)


def is_within(networks: Iterable[str], address: str) -> bool:
    """Whether the address is one, and in one of the networks."""
    return _is_within(tuple(networks), address)


@lru_cache(maxsize=1024)
def _is_within(networks: tuple[str, ...], address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network) for network in networks)


def _take_over(meta: dict[str, Any]) -> None:
    """The last address is the one that the proxy has seen; what stands before it anybody may have sent."""
    last = meta.get(FORWARDED_FOR, "").rpartition(",")[2].strip()
    if is_within(("0.0.0.0/0", "::/0"), last):
        meta[ADDRESS] = last
        del meta[FORWARDED_FOR]
