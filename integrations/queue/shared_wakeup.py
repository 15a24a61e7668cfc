"""Notifies workers of tasks that take all that is due: one message for any number of changes."""

from functools import partial

from celery import current_app
from django.db import transaction

from integrations.models.outbound import Priority
from integrations.queue import dispatch, redis_client

# Redis key, set while a notified worker has not begun yet; it expires, because the message may be lost.
NOTIFIED = "integrations:notified:{}"


def notify(task: str) -> None:
    """Notifies a worker once the transaction is committed, unless one is notified and has not begun yet."""
    transaction.on_commit(partial(_send, task))


def acknowledge(task: str) -> None:
    """A worker begins: the next change sends a new message, so that none falls between."""
    url = current_app.conf.broker_url
    redis_client.try_call(url, lambda redis: redis.delete(NOTIFIED.format(task)), even_resting=True)


def _send(task: str) -> None:
    url, key = current_app.conf.broker_url, NOTIFIED.format(task)
    if redis_client.try_call(url, lambda redis: redis.set(key, 1, nx=True, px=dispatch.LOST_AFTER)):
        # Before changes that wait to be sent: whoever works on what is left waits its turn among them.
        dispatch.send(task, priority=Priority.WEBHOOK)
