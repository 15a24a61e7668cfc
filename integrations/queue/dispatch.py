"""Sends tasks to workers; only a hint that a row is due, because the sweep finds every due row without it."""

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

from integrations.queue.redis_client import REDIS_TIMEOUT_SECONDS

PROCESS_INBOX = "integrations.process_inbox"
DELIVER = "integrations.deliver"
SWEEP = "integrations.sweep"
PROBE = "integrations.probe"
ADVANCE = "integrations.advance_run"
CATCH_UP = "integrations.catch_up"
POLL_EVENTS = "integrations.poll_events"
REFUND_DUPLICATES = "integrations.refund_duplicates"
IMPORT = "integrations.import"
COMPARE = "integrations.compare"
START_COMPARISONS = "integrations.start_comparisons"
REPAIR = "integrations.repair"
PUBLISH = "integrations.publish_events"
DELIVER_WEBHOOKS = "integrations.deliver_webhooks"
# A task that no worker began within this time is taken for lost.
LOST_AFTER = timedelta(seconds=15)

log = structlog.get_logger(__name__)


def notify(task: str, *row_ids: str, priority: int = 0, **options: Any) -> None:
    """Sends ``task`` with these ids once the transaction is committed; only logs that the broker is down."""
    transaction.on_commit(partial(send, task, *row_ids, priority=priority, **options))


def send(task: str, *row_ids: str, priority: int = 0, **options: Any) -> bool:
    """Sends ``task`` now; returns whether the broker took it, without waiting for a broker that is gone.

    ``priority``: 0 goes first, 9 last (models.outbound.Priority). ``options``: more of Celery's, such as
    countdown.
    """
    try:
        with producers[_broker()].acquire(block=True, timeout=REDIS_TIMEOUT_SECONDS) as producer:
            options = {"ignore_result": True, "priority": priority} | options
            current_app.send_task(task, args=row_ids, retry=False, producer=producer, **options)
    except (OperationalError, LimitExceeded, RedisError, OSError) as error:
        log.warning("task_not_sent", task=task, rows=row_ids, error=type(error).__name__)
        return False
    return True


def queued() -> int:
    """How many messages wait for a worker; 0 when the broker does not answer."""
    try:
        with producers[_broker()].acquire(block=True, timeout=REDIS_TIMEOUT_SECONDS) as producer:
            return int(producer.channel.queue_declare(current_app.conf.task_default_queue).message_count)
    except (OperationalError, LimitExceeded, RedisError, OSError) as error:
        log.warning("queue_not_counted", error=type(error).__name__)
        return 0


def _broker() -> Connection:
    broker = current_app.connection_for_write()
    broker.transport_options = {**(broker.transport_options or {}), "socket_timeout": REDIS_TIMEOUT_SECONDS}
    return broker


def lost_before(now: datetime) -> datetime:
    """Tasks sent before this time are sent again when their rows are still due."""
    return now - LOST_AFTER
