"""The rows behind the Idempotency-Key header: found, reserved and kept under an advisory lock of the key."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db import connection
from django.db.models import QuerySet

from billing.api.errors import ErrorResponse, register
from billing.models import IdempotentRequest

REMEMBERED = timedelta(hours=24)


class KeyInUse(Exception):
    """A request under this key is still running."""


class KeyReused(Exception):
    """This key belongs to another request."""


register(
    KeyInUse,
    lambda _error: ErrorResponse(
        "idempotency_key_in_use",
        "A request with this Idempotency-Key is still running. Try again soon.",
        409,
        headers={"Retry-After": "1"},
    ),
    ["idempotency_key_in_use"],
)
register(
    KeyReused,
    lambda error: ErrorResponse(
        "idempotency_key_reused",
        f"This Idempotency-Key was used for another request ({error}). Send a new key.",
        422,
    ),
    ["idempotency_key_reused"],
)


@dataclass(frozen=True)
class KeyedRequest:
    """One request under a key; ``body`` is what it says, the same for all spellings."""

    environment_id: str
    key: str
    method_and_path: str
    body: bytes

    @cached_property
    def digest(self) -> str:
        """Distinguishes this request from another one under the same key."""
        return hashlib.sha256(self.method_and_path.encode() + b"\n" + self.body).hexdigest()

    @cached_property
    def lock(self) -> int:
        """The key as a number for PostgreSQL's advisory locks: 64 bits, signed."""
        named = f"{self.environment_id} {self.key}".encode()
        return int.from_bytes(hashlib.sha256(named).digest()[:8], signed=True)


def lock(keyed: KeyedRequest) -> None:
    """Locks the key until the transaction ends; raises KeyInUse when another transaction has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [keyed.lock])
        if not cursor.fetchone()[0]:
            raise KeyInUse


def find(keyed: KeyedRequest, *, reserved_since: datetime | None = None) -> IdempotentRequest | None:
    """The record of the key with its response, None when there is none or its reservation is older than
    ``reserved_since``.

    Raises KeyReused when the key belongs to another request, KeyInUse while that request has no response yet.
    """
    record = IdempotentRequest.objects.filter(environment_id=keyed.environment_id, key=keyed.key).first()
    if record is None:
        return None
    is_running = record.status_code is None
    if is_running and reserved_since is not None and record.created_at <= reserved_since:
        return None
    if record.body_digest != keyed.digest:
        raise KeyReused(record.method_and_path)
    if is_running:
        raise KeyInUse
    return record


def reserve(keyed: KeyedRequest, now: datetime) -> IdempotentRequest:
    """Creates the record, or takes over an abandoned one."""
    record, _ = IdempotentRequest.objects.update_or_create(
        environment_id=keyed.environment_id,
        key=keyed.key,
        defaults={
            "method_and_path": keyed.method_and_path[:300],
            "body_digest": keyed.digest,
            "created_at": now,
        },
    )
    return record


def keep(reservation: IdempotentRequest, status_code: int, body: str) -> None:
    """Stores the response, unless another request has taken over the reservation."""
    _unchanged(reservation).update(status_code=status_code, answer=body)


def forget(reservation: IdempotentRequest) -> None:
    """Releases the key, unless another request has taken over the reservation."""
    _unchanged(reservation).delete()


def forget_old(now: datetime) -> int:
    """Deletes what is older than a day, as documented; returns how many records that were."""
    return IdempotentRequest.objects.filter(created_at__lt=now - REMEMBERED).delete()[0]


def _unchanged(reservation: IdempotentRequest) -> QuerySet[IdempotentRequest]:
    return IdempotentRequest.objects.filter(pk=reservation.pk, created_at=reservation.created_at)
