"""Wakes the workers for the inbox: one message for however many events, because whoever wakes takes all that is due."""

import time
from functools import cache
from threading import Lock, Timer

import redis
import structlog
from celery import current_app
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from integrations import nudges

# Set while a worker is called and has not begun; expires, because the message may be lost.
CALLED = "integrations:inbox:called"
# Seconds between two calls of one process: who wants to call meanwhile is called for at their end.
PAUSE = 0.05
# Seconds in which a process leaves all to the sweep after a broker did not answer it.
REST = 5.0

log = structlog.get_logger(__name__)
_resting: dict[str, float] = {}


class _Pace:
    """When this process called last, or will call next."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at = float("-inf")

    def wait(self) -> float | None:
        """Seconds until the caller may call; None when there will be a call anyway, later than now."""
        now = time.monotonic()
        with self._lock:
            if now < self._at:
                return None
            self._at = max(now, self._at + PAUSE)
            return self._at - now


_pace = _Pace()


def wake() -> None:
    """Calls a worker once the transaction is committed, unless one is called and has not begun yet."""
    transaction.on_commit(call)


def call() -> None:
    """Calls a worker, now or at the end of the pause; a broker that is gone is only logged, and then left alone."""
    seconds = _pace.wait()
    if seconds is None:
        return
    broker = current_app.conf.broker_url
    if seconds:
        Timer(seconds, _call, [broker]).start()
    else:
        _call(broker)


def _call(broker: str) -> None:
    if _resting.get(broker, 0.0) > time.monotonic():
        return
    try:
        first = _client(broker).set(CALLED, 1, nx=True, px=nudges.LOST_AFTER)
    except (redis.RedisError, OSError) as error:
        log.warning("wake_up_failed", error=type(error).__name__)
        _resting[broker] = time.monotonic() + REST
        return
    if first and not nudges.send(nudges.PROCESS_INBOX):
        _resting[broker] = time.monotonic() + REST


def begun() -> None:
    """A worker begins: whoever stores an event from here on calls again, so that none falls between."""
    try:
        _client(current_app.conf.broker_url).delete(CALLED)
    except (redis.RedisError, OSError) as error:
        log.warning("wake_up_failed", error=type(error).__name__)


@cache
def _client(broker: str) -> redis.Redis:
    """The broker itself, asked at most once and not waited for."""
    patience = {"socket_connect_timeout": nudges.PATIENCE, "socket_timeout": nudges.PATIENCE}
    return redis.Redis.from_url(broker, retry=Retry(NoBackoff(), 0), **patience)
