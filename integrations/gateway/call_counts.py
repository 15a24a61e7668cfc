"""Counts the calls to providers of all processes, by the hour and by how long each took, in Redis."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import cast

import redis
from django.conf import settings
from django.utils import timezone

from integrations.errors import Throttled
from integrations.queue import redis_client

# Redis key, by hour: a hash of counts by "connection:label".
OF_HOUR = "integrations:calls:{:%Y%m%d%H}"
# How long an hour is kept for whoever reads it.
KEPT = timedelta(hours=48)
# A call's label is the first of these milliseconds that it did not exceed, or SLOWER.
BOUNDS = (50, 100, 200, 400, 800, 1_600, 3_200, 6_400)
SLOWER = "slower"
# Counts in addition the calls that were too many (HTTP 429).
THROTTLED = "throttled"


@contextmanager
def counted(connection_id: str) -> Iterator[None]:
    """Counts the call that the block makes; one that Redis does not take is not counted."""
    begun, labels = time.monotonic(), list[str]()
    try:
        yield
    except Throttled:
        labels.append(THROTTLED)
        raise
    finally:
        labels.append(_label(1000 * (time.monotonic() - begun)))
        redis_client.try_call(settings.REDIS_URL, lambda client: _count(client, connection_id, labels))


def of_hour(hour: datetime) -> dict[tuple[str, str], int]:
    """How many calls by connection and label; {} when Redis does not answer."""
    key = OF_HOUR.format(hour.astimezone(UTC))
    found = redis_client.try_call(settings.REDIS_URL, lambda client: client.hgetall(key))
    counts = cast(dict[bytes, bytes], found or {})
    return {_names(name): int(number) for name, number in counts.items()}


def _names(name: bytes) -> tuple[str, str]:
    connection_id, _, label = name.decode().partition(":")
    return connection_id, label


def _label(milliseconds: float) -> str:
    return next((str(bound) for bound in BOUNDS if milliseconds <= bound), SLOWER)


def _count(client: redis.Redis, connection_id: str, labels: list[str]) -> None:
    """In one round trip."""
    key = OF_HOUR.format(timezone.now())
    with client.pipeline(transaction=False) as pipe:
        for label in labels:
            pipe.hincrby(key, f"{connection_id}:{label}", 1)
        pipe.expire(key, KEPT)
        pipe.execute()
