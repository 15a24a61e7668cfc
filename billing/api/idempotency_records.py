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
class Asked:
    """One POST under a key."""

    environment_id: str
    key: str
    method_and_path: str
    body: bytes

    @cached_property
    def digest(self) -> str:
        """What tells this request from another under the same key."""
        return hashlib.sha256(self.method_and_path.encode() + b"\n" + self.body).hexdigest()

    @cached_property
    def lock(self) -> int:
        """The key as a number for PostgreSQL's advisory locks: 64 bits, signed."""
        named = f"{self.environment_id} {self.key}".encode()
        return int.from_bytes(hashlib.sha256(named).digest()[:8], signed=True)


def hold(asked: Asked) -> None:
    """Locks the key until the transaction ends; raises KeyInUse when another transaction has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [asked.lock])
        if not cursor.fetchone()[0]:
            raise KeyInUse


def find(asked: Asked, *, reserved_since: datetime | None = None) -> IdempotentRequest | None:
    """The answered record of the key, None when there is none or its reservation is older than ``reserved_since``.

    Raises KeyReused when it is of another request, KeyInUse when that one is not answered yet.
    """
    record = IdempotentRequest.objects.filter(environment_id=asked.environment_id, key=asked.key).first()
    if record is None:
        return None
    unanswered = record.status_code is None
    if unanswered and reserved_since is not None and record.created_at <= reserved_since:
        return None
    if record.body_digest != asked.digest:
        raise KeyReused(record.method_and_path)
    if unanswered:
        raise KeyInUse
    return record


def reserve(asked: Asked, now: datetime) -> IdempotentRequest:
    """Makes the record, or takes an abandoned one over."""
    record, _ = IdempotentRequest.objects.update_or_create(
        environment_id=asked.environment_id,
        key=asked.key,
        defaults={
            "method_and_path": asked.method_and_path[:300],
            "body_digest": asked.digest,
            "created_at": now,
        },
    )
    return record


def keep(reservation: IdempotentRequest, status_code: int, answer: str) -> None:
    """Stores the answer, unless someone else has taken the reservation over."""
    _still_ours(reservation).update(status_code=status_code, answer=answer)


def forget(reservation: IdempotentRequest) -> None:
    """Gives the key back, unless someone else has taken the reservation over."""
    _still_ours(reservation).delete()


def forget_old(now: datetime) -> int:
    """Deletes what is older than a day, as documented; answers how many records that were."""
    return IdempotentRequest.objects.filter(created_at__lt=now - REMEMBERED).delete()[0]


def _still_ours(reservation: IdempotentRequest) -> QuerySet[IdempotentRequest]:
    return IdempotentRequest.objects.filter(pk=reservation.pk, created_at=reservation.created_at)
