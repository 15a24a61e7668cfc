"""Tells a worker that a row is due; only a hint, because the sweep finds every due row without it."""

from datetime import datetime, timedelta
from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import LimitExceeded, OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

PROCESS_INBOX = "integrations.process_inbox"
DELIVER = "integrations.deliver"
SWEEP = "integrations.sweep"
# A nudge that was not followed for this long is taken for lost.
LOST_AFTER = timedelta(seconds=15)
# Seconds that a door may wait for a broker which does not answer.
PATIENCE = 1.0

log = structlog.get_logger(__name__)


def nudge(task: str, *row_ids: str) -> None:
    """Sends ``task`` with these ids once the transaction is committed; a broker that is down is only logged."""
    transaction.on_commit(partial(send, task, *row_ids))


def send(task: str, *row_ids: str) -> bool:
    """Sends ``task`` now; answers whether the broker took it. Never waits for a broker that is gone."""
    broker = current_app.connection_for_write()
    broker.transport_options = {**(broker.transport_options or {}), "socket_timeout": PATIENCE}
    try:
        with producers[broker].acquire(block=True, timeout=PATIENCE) as producer:
            current_app.send_task(task, args=row_ids, retry=False, ignore_result=True, producer=producer)
    except (OperationalError, LimitExceeded, RedisError, OSError) as error:
        log.warning("nudge_failed", task=task, rows=row_ids, error=type(error).__name__)
        return False
    return True


def lost_before(now: datetime) -> datetime:
    """Rows nudged before this are nudged again when they are still due."""
    return now - LOST_AFTER
