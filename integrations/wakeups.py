"""Wakes the workers for the inbox: one message for however many events, because whoever wakes takes all that is due."""

import time
from functools import cache

import redis
import structlog
from celery import current_app
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from integrations import nudges

# Set while a worker is called and has not begun; expires, because the message may be lost.
CALLED = "integrations:inbox:called"
# Seconds in which a process leaves all to the sweep after a broker did not answer it.
REST = 5.0

log = structlog.get_logger(__name__)
_resting: dict[str, float] = {}


def wake() -> None:
    """Calls a worker once the transaction is committed, unless one is called and has not begun yet."""
    transaction.on_commit(call)


def call() -> None:
    """Calls a worker now; a broker that is gone is only logged, and then left alone for a while."""
    broker = current_app.conf.broker_url
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
