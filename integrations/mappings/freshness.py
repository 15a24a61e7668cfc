"""Whether an event is the newest of its object: events come in no order, and a deletion is final."""

from datetime import datetime

from integrations.models import EntityMapping
from integrations.provider_api import Freshness

DELETED = 2
BY_EVENT = "It was deleted there: event "


def observe(mapping: EntityMapping, *, created: datetime, rank: int, event_id: str) -> Freshness:
    """How new the event is to the mapping's object; sets in ``mapping`` that it was seen.

    ``created`` has a resolution of one second, so ``rank`` (created 0, updated 1, deleted 2) decides between
    events of one second.
    """
    moment, last = (created, rank), (mapping.seen_at, mapping.seen_rank)
    # What a call has shown to be gone may have a last event, unless it was given up meanwhile.
    is_given_up = mapping.gone_at is not None and not mapping.entity_id
    if (
        is_given_up
        or mapping.seen_rank >= DELETED
        or (mapping.seen_at is not None and moment < (mapping.seen_at, mapping.seen_rank))
    ):
        return Freshness.STALE
    is_concurrent = moment == last and mapping.seen_event not in ("", event_id)
    mapping.seen_event = event_id
    mapping.seen_at, mapping.seen_rank = created, rank
    if rank >= DELETED:
        mapping.gone_at, mapping.gone_reason = created, f"{BY_EVENT}{event_id}."
    return Freshness.CONCURRENT if is_concurrent else Freshness.FRESH
