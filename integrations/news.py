"""Whether an event is news of its object: the provider delivers in no order, and a deletion is final."""

from datetime import datetime

from billing.events import Kind
from integrations.models import EntityMapping
from integrations.provider import News

DELETED = 2


def is_news(
    *, connection_id: str, kind: Kind, provider_id: str, created: datetime, rank: int, event_id: str
) -> News:
    """Whether an event is at least as new as what was last seen of its object; records that it was seen.

    ``created`` has a resolution of one second, so ``rank`` (created 0, updated 1, deleted 2) decides between events
    of one second. An object we do not have is always news, unless its deletion came before; nothing but a deletion
    is recorded of it, so whoever links it then calls this again.
    """
    pair = (
        EntityMapping.objects.select_for_update()
        .filter(connection_id=connection_id, entity_type=kind, provider_entity_id=provider_id)
        .first()
    )
    if pair is None:
        if rank >= DELETED:
            _bury(connection_id, kind, provider_id, created, rank)
        return News.NEW
    if pair.deleted_there or (pair.seen_at is not None and (created, rank) < (pair.seen_at, pair.seen_rank)):
        return News.OLD
    tied = (created, rank) == (pair.seen_at, pair.seen_rank) and pair.seen_event not in ("", event_id)
    pair.seen_event = event_id
    pair.seen_at, pair.seen_rank, pair.deleted_there = created, rank, rank >= DELETED
    pair.save(update_fields=["seen_at", "seen_rank", "seen_event", "deleted_there", "updated_at"])
    return News.TIED if tied else News.NEW


def _bury(connection_id: str, kind: Kind, provider_id: str, created: datetime, rank: int) -> None:
    """Remembers a deletion that came before the object itself, so that a late creation does not bring it here."""
    EntityMapping.objects.create(
        connection_id=connection_id,
        entity_type=kind,
        provider_entity_id=provider_id,
        seen_at=created,
        seen_rank=rank,
        deleted_there=True,
    )
