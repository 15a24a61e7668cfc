"""Wakes the workers for the inbox: one message for however many events, because whoever wakes takes all that is due."""

import time
from threading import Lock, Timer

from celery import current_app
from django.db import transaction

from integrations.queue import dispatch, redis_client

# Set while a worker is called and has not begun; expires, because the message may be lost.
CALLED = "integrations:inbox:called"
# Set, for the second in which it is due, until the call that was asked for later is due.
LATER = "integrations:inbox:later:{}"
# Seconds between two calls of one process: who wants to call meanwhile is called for at their end.
PAUSE = 0.05


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


def notify() -> None:
    """Calls a worker once the transaction is committed, unless one is called and has not begun yet."""
    transaction.on_commit(notify_now)


def notify_now() -> None:
    """Calls a worker, now or at the end of the pause; the sweep finds what a broker that is gone was not told."""
    seconds = _pace.wait()
    if seconds is None:
        return
    url = current_app.conf.broker_url
    if seconds:
        Timer(seconds, _send, [url]).start()
    else:
        _send(url)


def notify_in(seconds: float) -> None:
    """Calls a worker then, unless one is called for about that time already; for what waits a moment only."""
    url = current_app.conf.broker_url
    key = LATER.format(int(time.time() + seconds))
    first = redis_client.ask(url, lambda redis: redis.set(key, 1, nx=True, px=max(1, int(seconds * 1000))))
    if first:
        dispatch.send(dispatch.PROCESS_INBOX, countdown=seconds)


def _send(url: str) -> None:
    first = redis_client.ask(url, lambda redis: redis.set(CALLED, 1, nx=True, px=dispatch.LOST_AFTER))
    if first and not dispatch.send(dispatch.PROCESS_INBOX):
        redis_client.rest(url)


def begin() -> None:
    """A worker begins: whoever stores an event from here on calls again, so that none falls between."""
    redis_client.ask(current_app.conf.broker_url, lambda redis: redis.delete(CALLED), at_rest=True)
