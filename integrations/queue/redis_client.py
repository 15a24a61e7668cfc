"""The broker itself, beside Celery: asked once, not waited for, and left alone for a while when it did not answer."""

import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from integrations.queue import dispatch

# Seconds in which a process does not ask a broker again that did not answer it.
REST = 5.0

AnswerT = TypeVar("AnswerT")
log = structlog.get_logger(__name__)
_resting: dict[str, float] = {}


def ask(url: str, question: Callable[[redis.Redis], AnswerT], *, at_rest: bool = False) -> AnswerT | None:
    """The broker's answer, None without one, which is only logged. ``at_rest``: ask even after it did not answer."""
    if not at_rest and _resting.get(url, 0.0) > time.monotonic():
        return None
    try:
        return question(_client(url))
    except (redis.RedisError, OSError) as error:
        log.warning("broker_silent", error=type(error).__name__)
        rest(url)
        return None


def rest(url: str) -> None:
    """Leaves the broker alone for a while."""
    _resting[url] = time.monotonic() + REST


@cache
def _client(url: str) -> redis.Redis:
    patience = {"socket_connect_timeout": dispatch.PATIENCE, "socket_timeout": dispatch.PATIENCE}
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), **patience)
