"""How fast each connection is called: one budget for all workers, in which more urgent calls go first."""

import random
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import structlog
from django.conf import settings

from integrations.errors import Throttled
from integrations.gateway.local_bucket import LocalBucket
from integrations.gateway.redis_bucket import RateLimit, RedisBucket
from integrations.models import Connection
from integrations.models.outbound import Priority
from integrations.provider_api import registry
from integrations.queue import redis_client

# The part of the provider's limit that may come at once after a rest; what is left is the steady rate. Both
# together never exceed the limit, whichever second the provider begins to count at.
BURST_SHARE = 0.04
# How far ahead (seconds) calls may take their turn: when many wait, a longer horizon leaves no turn to
# shorter ones.
HORIZONS = {Priority.PERSON: 1.2, Priority.WEBHOOK: 0.8, Priority.SYNC: 0.4, Priority.BACKFILL: 0.1}
# How long a call waits for its turn while its row is leased; what takes longer waits in the outbox.
MAX_WAIT_SECONDS = 1.5
# Without Redis processes know nothing of each other: each takes this part of the budget, as if there were so
# many.
ASSUMED_PROCESSES = 8
# The longest pause that a provider can ask for.
MAX_PAUSE_SECONDS = 3600.0

ResultT = TypeVar("ResultT")
log = structlog.get_logger(__name__)
_local_bucket = LocalBucket()
_redis_bucket = cache(RedisBucket)


def calls_per_second(connection: Connection) -> float:
    """How many calls the provider allows the connection's account in a second, 0 for any number."""
    provider = registry.providers().get(connection.provider)
    return provider.calls_per_second(connection.livemode) if provider else 0.0


def admit(connection: Connection, priority: Priority, allowed: float) -> int:
    """Waits until a call may be made; returns how many calls in a row have failed.

    ``allowed``: see ``calls_per_second``. Raises Throttled when that would take longer than a worker should
    keep a row.
    """
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while True:
        turn = _with_bucket(
            lambda bucket, share: bucket.take(connection.id, limit(allowed * share), HORIZONS[priority])
        )
        # Spread, so that calls that were sent away do not all come back in the same moment.
        wait = turn.wait if turn.granted else turn.wait + random.uniform(0.01, 0.1)
        if not turn.granted and time.monotonic() + wait > deadline:
            raise Throttled(
                "Waits for its turn: the connection makes as many calls as the provider allows. "
                "It goes on by itself.",
                after=wait,
            )
        time.sleep(wait)
        if turn.granted:
            return turn.failures


def pause(connection: Connection, seconds: float) -> None:
    """Makes all calls of the connection wait, because the provider asked for it."""
    log.warning("connection_slowed_down", connection_id=connection.id, seconds=seconds)
    _with_bucket(lambda bucket, _share: bucket.pause(connection.id, min(seconds, MAX_PAUSE_SECONDS)))


def count_failure(connection: Connection) -> int:
    """Counts a call that found the provider down; returns how many there were in a row, of all workers."""
    return _with_bucket(lambda bucket, _share: bucket.count_failure(connection.id))


def clear_failures(connection: Connection) -> None:
    """The provider has answered: the next failure begins a new series."""
    _with_bucket(lambda bucket, _share: bucket.clear_failures(connection.id))


def limit(allowed: float) -> RateLimit:
    """The steady rate and the burst that together never exceed ``allowed`` calls in any second."""
    return RateLimit(per_second=allowed * (1 - BURST_SHARE), burst=allowed * BURST_SHARE)


def _with_bucket(run: Callable[[RedisBucket | LocalBucket, float], ResultT]) -> ResultT:
    """Runs with the bucket in Redis, or with this process' own and its share of the budget without Redis."""
    try:
        return redis_client.call(settings.REDIS_URL, lambda client: run(_redis_bucket(client), 1.0))
    except redis_client.RedisUnavailable as error:
        if not error.resting:
            log.warning("rate_limit_not_shared", share=f"1/{ASSUMED_PROCESSES}")
    return run(_local_bucket, 1 / ASSUMED_PROCESSES)
