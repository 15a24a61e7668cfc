"""Which of the provider's objects became counterparts, and what persons changed about that."""

from django.utils.text import capfirst

from integrations.models import EntityMapping, MappingChange
from integrations.models.mapping_changes import MappingAction
from integrations.timeline.cursors import Page
from integrations.timeline.entries import Entry, EntryKind, Place
from integrations.timeline.subjects import Subject

MAPPINGS, BY_HAND = 6, 7
_ACTIONS = {
    MappingAction.LINKED: "was linked by hand to",
    MappingAction.RELINKED: "was linked by hand to another object,",
    MappingAction.UNLINKED: "was unlinked by hand from",
    MappingAction.CREATED_ANEW: "is made anew in place of",
    MappingAction.ARCHIVED: "was ended here, as was",
    MappingAction.LEFT: "stays as it is, without",
}


def mappings(subject: Subject, page: Page) -> list[Entry]:
    """When each row and its counterpart were linked."""
    found = [_mapping(one, subject) for one in subject.mappings]
    older = [entry for entry in found if page.has(entry.place)]
    return sorted(older, key=lambda entry: entry.place, reverse=True)[: page.limit]


def by_hand(subject: Subject, page: Page) -> list[Entry]:
    """What persons did to links."""
    found = MappingChange.objects.filter(entity_id__among=subject.names)
    return [_change(one, subject) for one in page.of(found, BY_HAND, "created_at")]


def _mapping(one: EntityMapping, subject: Subject) -> Entry:
    called = capfirst(subject.called(one.entity_type, one.entity_id))
    gone = [f"It is no longer there since {one.gone_at:%Y-%m-%d %H:%M} UTC."] if one.gone_at else []
    return Entry(
        Place(one.created_at, MAPPINGS, one.pk),
        EntryKind.MAPPING,
        f"{called} is {one.provider_entity_id} at {subject.at(one.connection_id)}",
        details=tuple(gone),
        about=("integrations.entitymapping", one.pk),
    )


def _change(one: MappingChange, subject: Subject) -> Entry:
    called = capfirst(subject.called(one.entity_type, one.entity_id))
    did = _ACTIONS[MappingAction(one.action)]
    return Entry(
        Place(one.created_at, BY_HAND, one.pk),
        EntryKind.MAPPING,
        f"{called} {did} {one.provider_entity_id} at {subject.at(one.connection_id)}",
        one.done_by,
        details=tuple(filter(None, [one.reason])),
        about=("integrations.mappingchange", one.pk),
    )
