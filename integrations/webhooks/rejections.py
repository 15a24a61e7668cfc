"""Counts rejected webhooks of all processes, in the broker: a rejected webhook leaves no row."""

from typing import cast

from celery import current_app

from integrations.queue import redis_client

# Redis key: a hash of counts by error code.
REJECTED = "integrations:webhooks:refused"


def count(code: str) -> None:
    """Counts one webhook that was rejected with this error code of the API."""
    redis_client.try_call(current_app.conf.broker_url, lambda redis: redis.hincrby(REJECTED, code, 1))


def counted() -> dict[str, int]:
    """How many by code, since the broker was last emptied; {} when it does not answer."""
    found = redis_client.try_call(current_app.conf.broker_url, lambda redis: redis.hgetall(REJECTED))
    codes = cast(dict[bytes, bytes], found or {})
    return {code.decode(): int(number) for code, number in codes.items()}
