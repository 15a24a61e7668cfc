"""How many webhooks were refused, for all processes together. In the broker: a refusal leaves no row."""

from typing import cast

from celery import current_app

from integrations.queue import redis_client

REFUSED = "integrations:webhooks:refused"


def count(code: str) -> None:
    """One more was refused, with this code of the API."""
    redis_client.try_call(current_app.conf.broker_url, lambda redis: redis.hincrby(REFUSED, code, 1))


def counted() -> dict[str, int]:
    """How many by code, since the broker was last emptied; {} when it does not answer."""
    found = redis_client.try_call(current_app.conf.broker_url, lambda redis: redis.hgetall(REFUSED))
    codes = cast(dict[bytes, bytes], found or {})
    return {code.decode(): int(number) for code, number in codes.items()}
