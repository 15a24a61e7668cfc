"""How long the audit is kept."""

from datetime import datetime, timedelta

from billing.models import AuditEntry

# Entries deleted in one transaction, and in one run: the next run does the rest.
BATCH, MAX_ROWS = 5000, 100_000


def forget(now: datetime, *, days: int) -> int:
    """Deletes entries that are more than ``days`` days old; returns how many. 0 days keep all."""
    deleted = 0
    while days > 0 and deleted < MAX_ROWS:
        batch = _delete_batch(now - timedelta(days=days))
        deleted += batch
        if batch < BATCH:
            break
    return deleted


def _delete_batch(before: datetime) -> int:
    """Ids are given in the order in which entries are stored, so that the oldest need no index of times."""
    oldest = AuditEntry.objects.order_by("pk").values_list("pk", "at")[:BATCH]
    old = [pk for pk, at in oldest if at < before]
    return AuditEntry.objects.filter(pk__in=old).delete()[0]
