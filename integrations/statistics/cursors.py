"""How far each source has been read: what is read and how far that is are stored in one transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from integrations.models import StatisticsCursor

# What is stored now may bear a time from before its transaction, which others see only once it has ended, so
# what is younger is read later. A round of events takes seconds, a worker's statement two minutes at most.
BEHIND = timedelta(minutes=2)
# How far back the first reading goes: as far as the page shows.
FIRST = timedelta(days=31)

Read = Callable[[datetime, datetime], None]
Limit = Callable[[datetime, datetime], datetime]


def advance(source: str, now: datetime, read: Read, limit: Limit = max) -> bool:
    """Reads what is new: ``read(after, until)``; tells whether more is left.

    ``limit(after, horizon)``: until when is read at once, of all that is new unless given.
    """
    horizon = now - BEHIND
    StatisticsCursor.objects.get_or_create(source=source, defaults={"read_until": now - FIRST})
    with transaction.atomic():
        row = StatisticsCursor.objects.select_for_update().get(source=source)
        if row.read_until >= horizon:
            return False
        until = limit(row.read_until, horizon)
        read(row.read_until, until)
        row.read_until = until
        row.save(update_fields=["read_until"])
    return until < horizon
