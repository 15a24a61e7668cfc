"""The client for Redis: tries once, waits briefly, and then leaves a silent Redis alone for a while."""

import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

# How long one command may take, and how long a process sends no commands to a Redis that did not answer.
REDIS_TIMEOUT_SECONDS = 1.0
REDIS_REST_SECONDS = 5.0

ReplyT = TypeVar("ReplyT")
log = structlog.get_logger(__name__)
# By address: the broker's and REDIS_URL may differ.
_resting_until: dict[str, float] = {}


class RedisUnavailable(Exception):
    """Redis did not answer, now or (``resting``) within the last REDIS_REST_SECONDS."""

    def __init__(self, message: str, *, resting: bool = False) -> None:
        super().__init__(message)
        self.resting = resting


def call(url: str, command: Callable[[redis.Redis], ReplyT], *, even_resting: bool = False) -> ReplyT:
    """Returns Redis' reply to ``command``; raises RedisUnavailable, which is logged once per rest period.

    ``even_resting``: try although Redis did not answer a moment ago.
    """
    if not even_resting and _resting_until.get(url, 0.0) > time.monotonic():
        raise RedisUnavailable("Redis did not answer a moment ago.", resting=True)
    try:
        return command(client(url))
    except (redis.RedisError, OSError) as error:
        log.warning("redis_unavailable", error=type(error).__name__)
        rest(url)
        raise RedisUnavailable("Redis does not answer.") from error


def try_call(
    url: str, command: Callable[[redis.Redis], ReplyT], *, even_resting: bool = False
) -> ReplyT | None:
    """Does what ``call`` does, and returns None when Redis does not answer."""
    try:
        return call(url, command, even_resting=even_resting)
    except RedisUnavailable:
        return None


def rest(url: str) -> None:
    """Leaves the Redis at ``url`` alone for a while."""
    _resting_until[url] = time.monotonic() + REDIS_REST_SECONDS


@cache
def client(url: str) -> redis.Redis:
    """The client for the Redis at ``url``, which ``call`` uses; by itself it knows no rest."""
    timeouts = {"socket_connect_timeout": REDIS_TIMEOUT_SECONDS, "socket_timeout": REDIS_TIMEOUT_SECONDS}
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), **timeouts)
