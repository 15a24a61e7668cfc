"""Reads pages of a provider's lists at leisure, and notes when each was asked for."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection as database
from django.utils import timezone

from integrations.gateway.guarded import GuardedGateway
from integrations.models import Connection
from integrations.models.outbound import Priority
from integrations.provider_api import Gateway, Page
from integrations.reconcile.paging.ahead import Read, ReadAt
from integrations.reconcile.paging.patience import patiently


def reading(connection: Connection, page: Callable[[Gateway, str], Page]) -> ReadAt:
    """Reads pages at the lowest priority, and notes the time of each by the database's clock.

    ``page``(gateway, cursor) makes one call.
    """
    gateway, offset = GuardedGateway(connection, Priority.BACKFILL), _clock_offset()

    def read(cursor: str) -> Read:
        def call() -> Read:
            asked_at = timezone.now() + offset
            return Read(page(gateway, cursor), asked_at, cursor)

        return patiently(call)

    return read


def database_time() -> datetime:
    """What time it is, by the database's clock."""
    with database.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [now] = cursor.fetchone()
    found: datetime = now
    return found


def _clock_offset() -> timedelta:
    return database_time() - timezone.now()
