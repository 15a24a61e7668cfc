"""Which thing there is which thing here: found, linked, and what is known of each pair."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.db.models import Q

from billing.events import Kind
from billing.persistence.any_lookup import text_array
from integrations.errors import MappingConflict, Rejected
from integrations.models import EntityMapping

SENT = "sent"
# Asked several times in each push, and written here because Django would write it anew each time.
_KNOWN = f"""
SELECT provider_entity_id, metadata FROM {EntityMapping._meta.db_table}
WHERE connection_id = %s AND entity_type = %s AND entity_id = %s
"""
# Their twin, and what was noted of the pair; known even of a pair that is none yet.
Noted = tuple[str, dict[str, Any]]
Known = tuple[str, dict[str, Any]] | tuple[None, dict[str, Any]]


def provider_id_of(connection_id: str, kind: Kind, entity_id: str) -> str | None:
    """The id of the provider's twin of our ``entity_id``, None when there is none."""
    pairs = EntityMapping.objects.filter(
        connection_id=connection_id, entity_type=kind, entity_id=entity_id or None
    )
    return pairs.values_list("provider_entity_id", flat=True).first()


def entity_id_of(connection_id: str, kind: Kind, provider_id: str) -> str | None:
    """The id of our twin of the provider's ``provider_id``, None when there is none."""
    pairs = EntityMapping.objects.filter(
        connection_id=connection_id, entity_type=kind, provider_entity_id=provider_id
    )
    return pairs.values_list("entity_id", flat=True).first() or None


def link(*, connection_id: str, kind: Kind, entity_id: str, provider_id: str) -> EntityMapping:
    """Records that the two are one; doing so again changes nothing.

    Raises MappingConflict when either already has another twin, Rejected when theirs was deleted.
    """
    wanted = EntityMapping(
        connection_id=connection_id, entity_type=kind, entity_id=entity_id, provider_entity_id=provider_id
    )
    EntityMapping.objects.bulk_create([wanted], ignore_conflicts=True)
    return refuse_conflict(wanted)


def refuse_conflict(wanted: EntityMapping) -> EntityMapping:
    """The pair as it is stored, ``wanted`` when neither has a twin; raises as ``link`` does."""
    stored = wanted
    twins = Q(provider_entity_id=wanted.provider_entity_id)
    if wanted.entity_id:
        twins |= Q(entity_id=wanted.entity_id)
    of = {"connection_id": wanted.connection_id, "entity_type": wanted.entity_type}
    for found in EntityMapping.objects.filter(twins, **of):
        if (found.entity_id, found.provider_entity_id) != (wanted.entity_id, wanted.provider_entity_id):
            raise conflict(found, wanted)
        stored = found
    return stored


def conflict(found: EntityMapping, wanted: EntityMapping) -> Rejected:
    """Both sides of a conflict, and what to do."""
    if not found.entity_id:
        return Rejected(
            f"{wanted.provider_entity_id} was deleted at the provider and cannot be linked to {wanted.entity_id}."
        )
    message = (
        f"{wanted.entity_type} {wanted.entity_id} cannot be linked to {wanted.provider_entity_id}: "
        f"{found.entity_id} is already linked to {found.provider_entity_id} ({found.id}). "
        "Decide which pair is right, delete the mapping that is wrong, then try again."
    )
    sides = [
        {"ours": found.entity_id, "theirs": found.provider_entity_id, "because": f"linked ({found.id})"},
        {"ours": wanted.entity_id, "theirs": wanted.provider_entity_id, "because": "claimed"},
    ]
    return MappingConflict(message, sides)


def known(connection_id: str, kind: Kind, entity_id: str) -> Known:
    """Both at once."""
    with database.cursor() as cursor:
        cursor.execute(_KNOWN, [connection_id, kind, entity_id or None])
        found = cursor.fetchone()
    return (found[0], json.loads(found[1])) if found else (None, {})


def noted(connection_id: str, kind: Kind, entity_id: str) -> dict[str, Any]:
    """What was noted of the pair, {} when there is no pair."""
    return known(connection_id, kind, entity_id)[1]


@transaction.atomic(savepoint=False)
def note(*, connection_id: str, kind: Kind, entity_id: str, facts: Mapping[str, Any], now: datetime) -> None:
    """Adds ``facts`` to what is known of the pair, which was told to the provider ``now``; "sent" is the digest of it.

    Raises EntityMapping.DoesNotExist when there is no pair.
    """
    pair = EntityMapping.objects.select_for_update().get(
        connection_id=connection_id, entity_type=kind, entity_id=entity_id
    )
    pair.metadata, pair.sent_at = {**pair.metadata, **facts}, now
    pair.sent_fingerprint = str(facts.get(SENT, pair.sent_fingerprint))
    pair.save(update_fields=["metadata", "sent_fingerprint", "sent_at", "updated_at"])


SAVE_SEEN = f"""
UPDATE {EntityMapping._meta.db_table} pair
SET seen_at = new.at, seen_rank = new.rank, seen_event = new.event, deleted_there = new.deleted, updated_at = now()
FROM unnest(%s::text[], %s::timestamptz[], %s::int[], %s::text[], %s::bool[]) AS new (id, at, rank, event, deleted)
WHERE pair.id = new.id
"""
ADD_FACTS = f"""
UPDATE {EntityMapping._meta.db_table} pair SET metadata = pair.metadata || new.facts::jsonb, updated_at = now()
FROM unnest(%s::text[], %s::text[]) AS new (id, facts) WHERE pair.id = new.id
"""


def save_seen(pairs: Sequence[EntityMapping]) -> None:
    """Writes what was seen of pairs, and nothing else of them: a push may note what it has sent meanwhile."""
    rows = [(one.pk, one.seen_at, one.seen_rank, one.seen_event, one.deleted_there) for one in pairs]
    with database.cursor() as cursor:
        cursor.execute(SAVE_SEEN, [list(column) for column in zip(*rows, strict=True)])


def add_facts(noted: Sequence[tuple[EntityMapping, Mapping[str, Any]]]) -> None:
    """``note`` for many pairs, without what was sent."""
    with database.cursor() as cursor:
        facts = [json.dumps(dict(said)) for _, said in noted]
        cursor.execute(ADD_FACTS, [text_array(pair.pk for pair, _ in noted), text_array(facts)])
