"""Empties the payloads of old events: the record of what came, and what became of it, stays."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from integrations.models import InboundEvent

# Rows emptied in one transaction, and in one run: the next run does the rest.
BATCH, MAX_ROWS = 500, 100_000


def prune(now: datetime, *, days: int) -> int:
    """Empties payloads of events that were settled more than ``days`` days ago; returns how many.

    0 days keep all. Two runs at once take different batches.
    """
    pruned = 0
    while days > 0 and pruned < MAX_ROWS:
        batch = _prune_batch(_old(now - timedelta(days=days)), now)
        pruned += batch
        if batch < BATCH:
            break
    return pruned


def _old(before: datetime) -> QuerySet[InboundEvent]:
    """Pending events have no ``settled_at``, so none of them is ever among these."""
    return InboundEvent.objects.filter(settled_at__lt=before, pruned_at__isnull=True).order_by("settled_at")


def _prune_batch(old: QuerySet[InboundEvent], now: datetime) -> int:
    with transaction.atomic():
        ids = list(old.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:BATCH])
        return InboundEvent.objects.filter(pk__in=ids).update(payload={}, pruned_at=now)
