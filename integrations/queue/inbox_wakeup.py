"""Notifies workers of the inbox: one message for any number of events, because a worker takes all."""

import time
from threading import Lock, Timer

from celery import current_app
from django.db import transaction

from integrations.queue import dispatch, redis_client

# Redis key, set while a notified worker has not begun yet; it expires, because the message may be lost.
NOTIFIED = "integrations:inbox:called"
# Redis key by second: set once a notification for that second was sent.
NOTIFIED_FOR = "integrations:inbox:later:{}"
# Seconds between two notifications of one process; events stored meanwhile share the next one.
MIN_INTERVAL_SECONDS = 0.05


class _Throttle:
    """When this process sent its last notification, or will send the next."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at = float("-inf")

    def wait(self) -> float | None:
        """Seconds until the caller may notify; None when a later notification is already planned."""
        now = time.monotonic()
        with self._lock:
            if now < self._at:
                return None
            self._at = max(now, self._at + MIN_INTERVAL_SECONDS)
            return self._at - now


_throttle = _Throttle()


def notify() -> None:
    """Notifies a worker once the transaction is committed, unless one is notified and has not begun yet."""
    transaction.on_commit(notify_now)


def notify_now() -> None:
    """Notifies a worker, now or at the end of the interval; without a broker, the sweep finds the events."""
    seconds = _throttle.wait()
    if seconds is None:
        return
    url = current_app.conf.broker_url
    if seconds:
        Timer(seconds, _send, [url]).start()
    else:
        _send(url)


def notify_in(seconds: float) -> None:
    """Notifies a worker in ``seconds``, unless one will be notified in that second; for events that wait."""
    url = current_app.conf.broker_url
    key = NOTIFIED_FOR.format(int(time.time() + seconds))
    expires_in = max(1, int(seconds * 1000))
    if redis_client.try_call(url, lambda redis: redis.set(key, 1, nx=True, px=expires_in)):
        dispatch.send(dispatch.PROCESS_INBOX, countdown=seconds)


def _send(url: str) -> None:
    is_first = redis_client.try_call(
        url, lambda redis: redis.set(NOTIFIED, 1, nx=True, px=dispatch.LOST_AFTER)
    )
    if is_first and not dispatch.send(dispatch.PROCESS_INBOX):
        redis_client.rest(url)


def acknowledge() -> None:
    """A worker begins: the next stored event sends a new notification, so that none falls between."""
    redis_client.try_call(
        current_app.conf.broker_url, lambda redis: redis.delete(NOTIFIED), even_resting=True
    )
