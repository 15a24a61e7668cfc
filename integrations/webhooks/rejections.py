"""Counts rejected webhooks of all processes, in the broker: a rejected webhook leaves no row."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import redis
from celery import current_app
from django.utils import timezone

from integrations.models import Connection
from integrations.queue import redis_client

# Redis key: a hash of counts by error code.
REJECTED = "integrations:webhooks:refused"
# Redis key, by connection and hour: a hash of counts by error code, and when the last one was (LAST).
OF_CONNECTION, LAST = "integrations:webhooks:refused:{}:{:%Y%m%d%H}", "last:"
KEPT = timedelta(hours=25)
# Refusals that are made before anybody looks whether there is such a connection.
BLIND = ("body_too_large",)
# Refusals of addresses that no connection has, or of which that could not be found out.
NOBODYS = ("not_found", "not_stored")
# Those of which nobody knows, as they are counted, whether there is such a connection.
UNKNOWN = (*NOBODYS, *BLIND)
WHY = {
    "invalid_signature": "No signing secret of this connection fits their signature",
    "invalid_payload": "They were no events as the provider sends them",
    "body_too_large": "They were larger than any event",
    "secret_unreadable": "None of CREDENTIAL_KEYS decrypts the signing secret",
}


def why(code: str) -> str:
    """Why webhooks are rejected with this error code, as operators read it."""
    return WHY.get(code, f"Their error code was {code} (docs/errors.md says what it means)")


@dataclass(frozen=True)
class Rejections:
    """What was rejected of a connection in a day: how many by error code, and when the last one was."""

    counts: dict[str, int]
    last: dict[str, datetime]


def count(code: str, connection_id: str = "") -> None:
    """Counts one webhook rejected with this error code of the API; for its connection, too, if it exists."""
    known = connection_id if connection_id and code not in NOBODYS and _exists(code, connection_id) else ""
    redis_client.try_call(
        current_app.conf.broker_url, lambda redis: _count(redis, code, known, timezone.now())
    )


def _exists(code: str, connection_id: str) -> bool:
    return code not in BLIND or Connection.objects.filter(pk=connection_id[:40]).exists()


def _count(client: redis.Redis, code: str, connection_id: str, now: datetime) -> None:
    """In one round trip."""
    if not connection_id:
        client.hincrby(REJECTED, code, 1)
        return
    key = OF_CONNECTION.format(connection_id, now)
    with client.pipeline(transaction=False) as pipe:
        pipe.hincrby(REJECTED, code, 1)
        pipe.hincrby(key, code, 1)
        pipe.hset(key, f"{LAST}{code}", now.isoformat())
        pipe.expire(key, KEPT)
        pipe.execute()


def of_connection(connection_id: str, now: datetime) -> Rejections:
    """What was rejected of the connection since about a day; empty when the broker does not answer."""
    keys = [OF_CONNECTION.format(connection_id, now - timedelta(hours=hours)) for hours in range(25)]
    hashes = redis_client.try_call(current_app.conf.broker_url, lambda redis: _read(redis, keys)) or []
    counts: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for name, value in _pairs(hashes):
        if name.startswith(LAST):
            code, at = name.removeprefix(LAST), datetime.fromisoformat(value)
            last[code] = max(at, last.get(code, at))
        else:
            counts[name] += int(value)
    return Rejections(dict(counts), last)


def _read(client: redis.Redis, keys: list[str]) -> list[dict[bytes, bytes]]:
    with client.pipeline() as pipe:
        for key in keys:
            pipe.hgetall(key)
        return cast(list[dict[bytes, bytes]], pipe.execute())


def _pairs(hashes: list[dict[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    return ((name.decode(), value.decode()) for found in hashes for name, value in found.items())


def counted() -> dict[str, int]:
    """How many by code, since the broker was last emptied; {} when it does not answer."""
    found = redis_client.try_call(current_app.conf.broker_url, lambda redis: redis.hgetall(REJECTED))
    codes = cast(dict[bytes, bytes], found or {})
    return {code.decode(): int(number) for code, number in codes.items()}
