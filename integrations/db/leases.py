"""Leases on rows: one worker has a row at a time, for as long as it gives signs of life.

Their models have the columns ``leased_until`` and ``lease_holder``; an expired lease belongs to a worker
that died.
"""

import os
import secrets
import socket
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet


class LeaseLost(Exception):
    """Another worker has the row, or none is to have it any more: this one leaves it as it is."""


def free(now: datetime, row: str = "") -> Q:
    """Which rows no worker has; ``row``: where they are, seen from those of the query ("event_poll__")."""
    return Q(**{f"{row}leased_until__isnull": True}) | Q(**{f"{row}leased_until__lte": now})


def take(rows: QuerySet[Any], now: datetime, length: timedelta) -> bool:
    """Leases the row, if it is there and free; tells whether it did."""
    taken = rows.filter(free(now)).update(lease_holder=new_holder(), leased_until=now + length)
    return bool(taken)


def extend(rows: QuerySet[Any], holder: str, now: datetime, length: timedelta, **values: Any) -> None:
    """A sign of life, which sets columns and locks the row; raises LeaseLost when it is not there as held."""
    if not rows.filter(lease_holder=holder).update(leased_until=now + length, **values):
        raise LeaseLost


def release(rows: QuerySet[Any], holder: str, **values: Any) -> None:
    """Sets columns and lets another worker have the row at once, unless one has it already."""
    rows.filter(lease_holder=holder).update(lease_holder="", leased_until=None, **values)


def new_holder() -> str:
    """A name for this process, different for each lease."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
