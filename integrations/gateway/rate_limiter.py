"""How fast each connection is called: one budget for all workers, in which whoever matters more goes first."""

import random
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import structlog
from django.conf import settings
from redis.exceptions import RedisError

from integrations.errors import Throttled
from integrations.gateway.local_bucket import OwnPace
from integrations.gateway.redis_bucket import Pace, SharedPace
from integrations.models import Connection
from integrations.models.outbound import Priority
from integrations.provider_api import registry

# Of what the provider allows, this much may come at once after a rest; the rest is the pace. Both together are never
# more than the provider allows, in whichever second it begins to count.
BURST = 0.04
# How far ahead (seconds) each may take its turn: when many wait, those who see further leave no turn to the others.
HORIZONS = {Priority.PERSON: 1.2, Priority.WEBHOOK: 0.8, Priority.SYNC: 0.4, Priority.BACKFILL: 0.1}
# Seconds that a call waits for its turn while its row is held; what takes longer waits in the outbox.
PATIENCE = 1.5
# Without Redis nobody knows of the others: each process takes this part of the budget, as if there were so many.
PROCESSES = 8
# Seconds in which a Redis that did not answer is not asked again.
REST = 5.0
# No provider's word stops a connection for longer (seconds).
LONGEST_PAUSE = 3600.0

AnswerT = TypeVar("AnswerT")
log = structlog.get_logger(__name__)
_alone = OwnPace()
_resting: dict[str, float] = {}
_shared = cache(SharedPace)


def admit(connection: Connection, priority: Priority) -> int:
    """Returns when a call may be made; answers how many calls in a row have failed.

    Raises Throttled when that would take longer than a worker should hold a row.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        turn = _ask(
            lambda paces, share: paces.take(connection.id, _pace(connection, share), HORIZONS[priority])
        )
        # Not all of those who were sent away come back in the same moment.
        wait = turn.wait if turn.granted else turn.wait + random.uniform(0.01, 0.1)
        if not turn.granted and time.monotonic() + wait > deadline:
            raise Throttled("Waits for its turn: the connection makes as many calls as it may.", after=wait)
        time.sleep(wait)
        if turn.granted:
            return turn.failures


def pause(connection: Connection, seconds: float) -> None:
    """Lets all calls of the connection wait, because the provider asked for it."""
    log.warning("connection_slowed_down", connection_id=connection.id, seconds=seconds)
    _ask(lambda paces, _share: paces.pause(connection.id, min(seconds, LONGEST_PAUSE)))


def failed(connection: Connection) -> int:
    """Counts a call that found the provider down; answers how many there were in a row, by whichever worker."""
    return _ask(lambda paces, _share: paces.failed(connection.id))


def worked(connection: Connection) -> None:
    """The provider has answered: what fails from now on is a new row of failures."""
    _ask(lambda paces, _share: paces.worked(connection.id))


def _pace(connection: Connection, share: float) -> Pace:
    provider = registry.providers().get(connection.provider)
    allowed = (provider.calls_per_second(connection.livemode) if provider else 0.0) * share
    return Pace(rate=allowed * (1 - BURST), burst=allowed * BURST)


def _ask(question: Callable[[SharedPace | OwnPace, float], AnswerT]) -> AnswerT:
    """Asks Redis, or this process alone with its share of the budget when Redis does not answer."""
    url = settings.REDIS_URL
    if _resting.get(url, 0.0) <= time.monotonic():
        try:
            return question(_shared(url), 1.0)
        except (RedisError, OSError) as error:
            _resting[url] = time.monotonic() + REST
            log.warning("governor_alone", error=type(error).__name__, share=f"1/{PROCESSES}")
    return question(_alone, 1 / PROCESSES)
