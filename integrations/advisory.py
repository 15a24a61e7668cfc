"""Locks on things that have no row of their own here, held until the transaction ends."""

import hashlib

from django.db import connection


def lock(*names: str) -> None:
    """Waits until nobody else holds the lock of this name, then holds it until the transaction ends."""
    digest = hashlib.blake2b("\0".join(names).encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest, signed=True)])
