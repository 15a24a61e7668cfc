"""Locks on things that have no row of their own, held until the transaction ends."""

import hashlib
from collections.abc import Iterable

from django.db import connection

from billing.persistence.statements import Statement

# No table is touched by these, so a unit of work need not be written first.
_LOCK = Statement("SELECT pg_advisory_xact_lock(%s)")
_TRY_LOCKS = Statement("SELECT key FROM unnest(%s::bigint[]) AS key WHERE pg_try_advisory_xact_lock(key)")


def lock(*names: str) -> None:
    """Waits until the lock of this name is free, then holds it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [key(*names)])


def try_locks(prefix: str, names: Iterable[str]) -> set[str]:
    """Those of ``names`` whose locks were free, now held until the transaction ends; waits for none."""
    keys = {key(prefix, name): name for name in names}
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_TRY_LOCKS, [list(keys)])
        return {keys[key] for (key,) in cursor.fetchall()}


def key(*names: str) -> int:
    """The number that stands for this name."""
    digest = hashlib.blake2b("\0".join(names).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
