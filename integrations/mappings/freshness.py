"""Whether an event is news of its object: the provider delivers in no order, and a deletion is final."""

from datetime import datetime

from integrations.models import EntityMapping
from integrations.provider_api import Freshness

DELETED = 2


def judge(pair: EntityMapping, *, created: datetime, rank: int, event_id: str) -> Freshness:
    """Whether the event is at least as new as what was last seen of the pair's object; notes in ``pair`` that it was.

    ``created`` has a resolution of one second, so ``rank`` (created 0, updated 1, deleted 2) decides between events
    of one second.
    """
    if pair.deleted_there or (pair.seen_at is not None and (created, rank) < (pair.seen_at, pair.seen_rank)):
        return Freshness.STALE
    tied = (created, rank) == (pair.seen_at, pair.seen_rank) and pair.seen_event not in ("", event_id)
    pair.seen_event = event_id
    pair.seen_at, pair.seen_rank, pair.deleted_there = created, rank, rank >= DELETED
    return Freshness.CONCURRENT if tied else Freshness.FRESH
