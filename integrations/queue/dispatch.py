"""Tells a worker that a row is due; only a hint, because the sweep finds every due row without it."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu import Connection
from kombu.exceptions import LimitExceeded, OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

PROCESS_INBOX = "integrations.process_inbox"
DELIVER = "integrations.deliver"
SWEEP = "integrations.sweep"
PROBE = "integrations.probe"
ADVANCE = "integrations.advance_run"
# A nudge that was not followed for this long is taken for lost.
LOST_AFTER = timedelta(seconds=15)
# Seconds that a door may wait for a broker which does not answer.
PATIENCE = 1.0

log = structlog.get_logger(__name__)


def notify(task: str, *row_ids: str, priority: int = 0, **options: Any) -> None:
    """Sends ``task`` with these ids once the transaction is committed; a broker that is down is only logged."""
    transaction.on_commit(partial(send, task, *row_ids, priority=priority, **options))


def send(task: str, *row_ids: str, priority: int = 0, **options: Any) -> bool:
    """Sends ``task`` now; answers whether the broker took it. Never waits for a broker that is gone.

    ``priority``: 0 goes first, 9 last (models.outbound.Priority). ``options``: more of Celery's, such as countdown.
    """
    try:
        with producers[_broker()].acquire(block=True, timeout=PATIENCE) as producer:
            options = {"ignore_result": True, "priority": priority} | options
            current_app.send_task(task, args=row_ids, retry=False, producer=producer, **options)
    except (OperationalError, LimitExceeded, RedisError, OSError) as error:
        log.warning("nudge_failed", task=task, rows=row_ids, error=type(error).__name__)
        return False
    return True


def queued() -> int:
    """How many messages wait for a worker; 0 when the broker does not answer."""
    try:
        with producers[_broker()].acquire(block=True, timeout=PATIENCE) as producer:
            return int(producer.channel.queue_declare(current_app.conf.task_default_queue).message_count)
    except (OperationalError, LimitExceeded, RedisError, OSError) as error:
        log.warning("queue_not_counted", error=type(error).__name__)
        return 0


def _broker() -> Connection:
    broker = current_app.connection_for_write()
    broker.transport_options = {**(broker.transport_options or {}), "socket_timeout": PATIENCE}
    return broker


def lost_before(now: datetime) -> datetime:
    """Rows nudged before this are nudged again when they are still due."""
    return now - LOST_AFTER
