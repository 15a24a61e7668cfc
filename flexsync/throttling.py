"""How many requests an API key may make: API_RATE_LIMIT, counted in Redis for all processes together."""

import math
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from billing.models import ApiKey
from integrations.queue import redis_client

# The name of the limit in the headers.
POLICY = "key"


class KeyThrottle(BaseThrottle):
    """Refuses the requests of a key beyond its limit, with 429."""

    wait_seconds: float | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Counts the request, and remembers what is left for the headers of the response."""
        limit, key = _limit(settings.API_RATE_LIMIT), request.auth
        if limit is None or not isinstance(key, ApiKey):
            return True
        is_allowed, left, reset_at = _counted(limit, str(key.pk))
        seconds = max(1, math.ceil(reset_at - time.time()))
        request._request.rate_limit = _headers(limit, left, seconds)  # type: ignore[attr-defined]
        self.wait_seconds = None if is_allowed else seconds
        return is_allowed

    def wait(self) -> float | None:
        """Seconds until a request may be made again."""
        return self.wait_seconds


class RateLimitHeaders:
    """The middleware that tells a program how fast it may go."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Returns the response, with the headers where the request was counted."""
        response = self._get_response(request)
        for name, value in getattr(request, "rate_limit", {}).items():
            response.headers[name] = value
        return response


def _headers(limit: RateLimitItem, left: int, seconds: int) -> dict[str, str]:
    """By the IETF's draft: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/"""
    policy = f'"{POLICY}";q={limit.amount};w={limit.get_expiry()}'
    return {"RateLimit-Policy": policy, "RateLimit": f'"{POLICY}";r={left};t={seconds}'}


@cache
def _limit(text: str) -> RateLimitItem | None:
    """The limit as in "100/minute"; None for "", which is no limit."""
    return parse(text) if text else None


def _counted(limit: RateLimitItem, key: str) -> tuple[bool, int, float]:
    """Whether one more is allowed, how many are left, and when there are more.

    Without Redis each process counts for itself: a limit is no reason to answer nobody.
    """
    url = settings.REDIS_URL
    counted = redis_client.try_call(url, lambda client: _count(_shared(url), limit, key))
    return counted or _count(_own(), limit, key)


def _count(limiter: RateLimiter, limit: RateLimitItem, key: str) -> tuple[bool, int, float]:
    is_allowed = limiter.hit(limit, "api", key)
    window = limiter.get_window_stats(limit, "api", key)
    return is_allowed, window.remaining, window.reset_time


@cache
def _shared(url: str) -> RateLimiter:
    pool = redis_client.client(url).connection_pool
    return SlidingWindowCounterRateLimiter(RedisStorage(url, connection_pool=pool))


@cache
def _own() -> RateLimiter:
    return SlidingWindowCounterRateLimiter(MemoryStorage())
