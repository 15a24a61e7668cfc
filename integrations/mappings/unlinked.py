"""Objects that a person unlinked: nothing but a person links them again."""

from integrations.errors import MappingConflict
from integrations.models import EntityMapping, MappingChange
from integrations.provider_api import LINK_BY_HAND


def conflict(wanted: EntityMapping) -> MappingConflict:
    """The error for an object that was to be linked by itself."""
    reason = of(wanted.connection_id, wanted.entity_type, wanted.provider_entity_id)
    parties = [
        {"ours": wanted.entity_id, "theirs": wanted.provider_entity_id, "because": "unlinked by a person"}
    ]
    return MappingConflict(
        f"{reason} If it is {wanted.entity_type} {wanted.entity_id} all the same, {LINK_BY_HAND}.", parties
    )


def of(connection_id: str, kind: str, provider_id: str) -> str:
    """Who unlinked the object, from what and when, in a sentence."""
    changes = MappingChange.objects.filter(connection_id=connection_id, entity_type=kind)
    change = changes.filter(provider_entity_id=provider_id).first()
    change = change or changes.filter(before_provider_entity_id=provider_id).first()
    if change is None:
        return f"{provider_id} was unlinked by a person."
    entity_id = change.before_entity_id or change.entity_id
    by = change.done_by or "a person"
    return f"{provider_id} was unlinked from {entity_id} by {by} on {change.created_at:%Y-%m-%d}."
