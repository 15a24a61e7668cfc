"""Celery's consumer, which outlives its broker whatever happens to the connection (docs/reliability.md)."""

from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from celery.worker import consumer
from kombu import Connection
from kombu.transport import redis, virtual

# Seconds between two attempts to reach a broker that is away; Celery itself waits up to 30.
MOST_SECONDS_BETWEEN_ATTEMPTS = 5
# Seconds between two turns that are counted.
TURN_SECONDS = 1

log = structlog.get_logger(__name__)


class QoS(redis.QoS):
    """Which messages a worker has taken: it takes no more than it has processes, times the multiplier."""

    def ack(self, delivery_tag: str) -> None:
        """A message whose end Redis could not be told of has ended all the same.

        kombu 5.7 keeps it among those under way; with as many of them as a worker may take it takes no more,
        and says nothing.
        """
        try:
            super().ack(delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


redis.Channel.QoS = QoS


class Consumer(consumer.Consumer):
    """Named by CELERY_WORKER_CONSUMER; ``turns``: of its loop, for the worker's heartbeat."""

    turns = 0

    def register_with_event_loop(self, hub: Any) -> None:
        """Called whenever the loop begins, again after each lost connection."""
        super().register_with_event_loop(hub)
        hub.call_repeatedly(TURN_SECONDS, self.turn)

    def turn(self) -> None:
        """Called by the loop itself, which counts: one that stands still is silent."""
        self.turns += 1

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Gives the lost connection up; what cannot be done with it any more is no reason to end the worker.

        Celery 5.7 closes it twice and ignores connection errors only. The second time kombu 5.7 may find a
        channel that is still open, and fails with an AttributeError over the messages of that channel.
        """
        try:
            super().on_connection_error_after_connected(exc)
        except Exception as error:  # noqa: BLE001 - whatever it is, there is nothing to close any more
            log.warning("lost_connection_not_closed", error=repr(error))

    def ensure_connected(self, conn: Connection) -> Any:
        """Returns the connection once there is one, however long that takes; to wait for it is to live."""
        ensure = partial(conn.ensure_connection, interval_max=MOST_SECONDS_BETWEEN_ATTEMPTS)

        def turning(*args: Any, callback: Callable[[], None], **options: Any) -> Any:
            def turn() -> None:
                self.turn()
                callback()

            return ensure(*args, callback=turn, **options)

        conn.ensure_connection = turning  # type: ignore[assignment, method-assign]
        return super().ensure_connected(conn)
