"""Whose story tells of a row: its own, or that of the row which a sync, an event or a mapping is about."""

from typing import Any

from billing.persistence.tables import MODELS
from integrations.models import EntityMapping, InboundEvent
from integrations.timeline import story
from integrations.timeline.subjects import Subject

_KINDS = {model: kind for kind, model in MODELS.items()}


def subject_of(row: Any) -> Subject | None:
    """None for what has no story, such as a connection."""
    if (kind := _KINDS.get(type(row))) is not None:
        return Subject(kind, row)
    if isinstance(row, InboundEvent):
        pair = EntityMapping.objects.filter(connection=row.connection_id, provider_entity_id=row.object_id)
        row = pair.exclude(entity_id="").first()
    named = getattr(row, "entity_type", ""), getattr(row, "entity_id", "")
    return story.subject_of(next(one for one in MODELS if one == named[0]), named[1]) if all(named) else None
