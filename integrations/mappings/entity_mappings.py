"""Which of the provider's objects is the counterpart of which row; found, linked, annotated."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection as database
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.events import Kind
from billing.persistence.any_lookup import text_array
from integrations.errors import MappingConflict, Rejected
from integrations.mappings import unlinked
from integrations.models import EntityMapping
from integrations.provider_api import RELINK, UNLINK

SENT = "sent"
# Read several times in each push, and spelled out because Django would compile it anew each time.
_COUNTERPART = f"""
SELECT provider_entity_id, metadata, gone_at IS NOT NULL FROM {EntityMapping._meta.db_table}
WHERE connection_id = %s AND entity_type = %s AND entity_id = %s
"""


class Counterpart(NamedTuple):
    """The provider's id of FlexSync's row, None when it has none there, and the notes of their mapping.

    ``is_gone``: whether the provider has that object no more.
    """

    provider_id: str | None
    notes: dict[str, Any]
    is_gone: bool = False


def provider_id_of(connection_id: str, kind: Kind, entity_id: str) -> str | None:
    """The provider's id of FlexSync's row, None when it has no counterpart there."""
    mappings = EntityMapping.objects.filter(
        connection_id=connection_id, entity_type=kind, entity_id=entity_id or None
    )
    return mappings.values_list("provider_entity_id", flat=True).first()


def is_gone(connection_id: str, kind: Kind, provider_id: str) -> bool:
    """Whether the provider's object is known not to be there any more, whoever's counterpart it was."""
    mappings = EntityMapping.objects.filter(
        connection_id=connection_id, entity_type=kind, provider_entity_id=provider_id
    )
    return mappings.filter(gone_at__isnull=False).exists()


def entity_id_of(connection_id: str, kind: Kind, provider_id: str) -> str | None:
    """FlexSync's id of the provider's object, None when it has no counterpart here."""
    mapping = EntityMapping.objects.filter(
        connection_id=connection_id, entity_type=kind, provider_entity_id=provider_id
    ).first()
    return mapping.owner_id if mapping else None


def counterpart_of(connection_id: str, kind: Kind, entity_id: str) -> Counterpart:
    """The provider's id of FlexSync's row, and the notes, in one statement."""
    with database.cursor() as cursor:
        cursor.execute(_COUNTERPART, [connection_id, kind, entity_id or None])
        found = cursor.fetchone()
    return Counterpart(found[0], json.loads(found[1]), found[2]) if found else Counterpart(None, {})


def notes_of(connection_id: str, kind: Kind, entity_id: str) -> dict[str, Any]:
    """The notes of the mapping, {} when there is none."""
    return counterpart_of(connection_id, kind, entity_id).notes


def link(*, connection_id: str, kind: Kind, entity_id: str, provider_id: str) -> EntityMapping:
    """Maps the two to each other; doing so again changes nothing.

    Raises MappingConflict when either is mapped to something else, Rejected when the provider's object was
    deleted.
    """
    wanted = EntityMapping(
        connection_id=connection_id, entity_type=kind, entity_id=entity_id, provider_entity_id=provider_id
    )
    EntityMapping.objects.bulk_create([wanted], ignore_conflicts=True)
    return refuse_conflict(wanted)


def move(*, connection_id: str, kind: Kind, entity_id: str, provider_id: str) -> None:
    """Maps the provider's object to this row, whichever row it was of before; what was seen of it stays."""
    place = {"connection_id": connection_id, "entity_type": kind, "provider_entity_id": provider_id}
    if not EntityMapping.objects.filter(**place).update(entity_id=entity_id, updated_at=timezone.now()):
        EntityMapping.objects.create(**place, entity_id=entity_id)


def refuse_conflict(wanted: EntityMapping) -> EntityMapping:
    """The mapping as it is stored, ``wanted`` when neither side has one; raises as ``link`` does."""
    stored = wanted
    either = Q(provider_entity_id=wanted.provider_entity_id)
    if wanted.entity_id:
        either |= Q(entity_id=wanted.entity_id)
    place = {"connection_id": wanted.connection_id, "entity_type": wanted.entity_type}
    for found in EntityMapping.objects.filter(either, **place):
        if (found.entity_id, found.provider_entity_id) != (wanted.entity_id, wanted.provider_entity_id):
            raise conflict(found, wanted)
        stored = found
    return stored


def conflict(found: EntityMapping, wanted: EntityMapping) -> Rejected:
    """The error that names both parties, and says what to do."""
    if found.gone_at and not found.entity_id:
        return Rejected(
            f"{wanted.provider_entity_id} cannot be linked to {wanted.entity_id}: it is gone at the provider."
        )
    if not found.entity_id:
        return unlinked.conflict(wanted)
    message = (
        f"{wanted.entity_type} {wanted.entity_id} cannot be linked to {wanted.provider_entity_id}: "
        f"{found.entity_id} is already linked to {found.provider_entity_id} ({found.id}). "
        f"Decide which is right; where the mapping is wrong, {RELINK}, or {UNLINK}."
    )
    parties = [
        {"ours": found.entity_id, "theirs": found.provider_entity_id, "because": f"linked ({found.id})"},
        {"ours": wanted.entity_id, "theirs": wanted.provider_entity_id, "because": "to be linked now"},
    ]
    return MappingConflict(message, parties)


@transaction.atomic(savepoint=False)
def annotate(
    *, connection_id: str, kind: Kind, entity_id: str, facts: Mapping[str, Any], now: datetime
) -> None:
    """Adds ``facts``, which were sent to the provider ``now``, to the notes; "sent" is a digest.

    Raises EntityMapping.DoesNotExist when there is no mapping.
    """
    mapping = EntityMapping.objects.select_for_update().get(
        connection_id=connection_id, entity_type=kind, entity_id=entity_id
    )
    mapping.metadata, mapping.sent_at = {**mapping.metadata, **facts}, now
    mapping.sent_fingerprint = str(facts.get(SENT, mapping.sent_fingerprint))
    mapping.save(update_fields=["metadata", "sent_fingerprint", "sent_at", "updated_at"])


@transaction.atomic(savepoint=False)
def note(connection_id: str, kind: Kind, entity_id: str, facts: Mapping[str, Any]) -> None:
    """Adds ``facts`` to the notes, without anything that was sent."""
    place = {"connection_id": connection_id, "entity_type": kind, "entity_id": entity_id}
    mapping = EntityMapping.objects.select_for_update().get(**place)
    add_facts([(mapping, facts)])


SAVE_SEEN = f"""
UPDATE {EntityMapping._meta.db_table} mapping
SET seen_at = new.at, seen_rank = new.rank, seen_event = new.event,
    gone_at = coalesce(new.gone_at, mapping.gone_at), updated_at = now(),
    gone_reason = CASE WHEN new.gone_at IS NULL THEN mapping.gone_reason ELSE new.gone_reason END,
    gone_choice = CASE WHEN new.gone_choice = '' THEN mapping.gone_choice ELSE new.gone_choice END
FROM unnest(%s::text[], %s::timestamptz[], %s::int[], %s::text[], %s::timestamptz[], %s::text[],
    %s::text[]) AS new (id, at, rank, event, gone_at, gone_reason, gone_choice)
WHERE mapping.id = new.id
"""
ADD_FACTS = f"""
UPDATE {EntityMapping._meta.db_table} mapping
SET metadata = mapping.metadata || new.facts::jsonb, updated_at = now()
FROM unnest(%s::text[], %s::text[]) AS new (id, facts) WHERE mapping.id = new.id
"""


def save_seen(mappings: Sequence[EntityMapping]) -> None:
    """Writes what was seen, and nothing else of the mappings: a push may note what it has sent meanwhile."""
    names = ("pk", "seen_at", "seen_rank", "seen_event", "gone_at", "gone_reason", "gone_choice")
    rows = [[getattr(one, name) for name in names] for one in mappings]
    with database.cursor() as cursor:
        cursor.execute(SAVE_SEEN, [list(column) for column in zip(*rows, strict=True)])


def add_facts(noted: Sequence[tuple[EntityMapping, Mapping[str, Any]]]) -> None:
    """``annotate`` for many mappings, without anything that was sent."""
    with database.cursor() as cursor:
        texts = [json.dumps(dict(facts)) for _, facts in noted]
        cursor.execute(ADD_FACTS, [text_array(mapping.pk for mapping, _ in noted), text_array(texts)])
