"""Which thing there is which thing here: found, linked, and what is known of each pair."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from billing.events import Kind
from integrations.errors import Contested, Rejected
from integrations.models import EntityMapping

SENT = "sent"


def theirs(connection_id: str, kind: Kind, entity_id: str) -> str | None:
    """The id of the provider's twin of our ``entity_id``, None when there is none."""
    pairs = EntityMapping.objects.filter(
        connection_id=connection_id, entity_type=kind, entity_id=entity_id or None
    )
    return pairs.values_list("provider_entity_id", flat=True).first()


def ours(connection_id: str, kind: Kind, provider_id: str) -> str | None:
    """The id of our twin of the provider's ``provider_id``, None when there is none."""
    pairs = EntityMapping.objects.filter(
        connection_id=connection_id, entity_type=kind, provider_entity_id=provider_id
    )
    return pairs.values_list("entity_id", flat=True).first() or None


def link(*, connection_id: str, kind: Kind, entity_id: str, provider_id: str) -> EntityMapping:
    """Records that the two are one; doing so again changes nothing.

    Raises Contested when either already has another twin, Rejected when theirs was deleted.
    """
    wanted = EntityMapping(
        connection_id=connection_id, entity_type=kind, entity_id=entity_id, provider_entity_id=provider_id
    )
    EntityMapping.objects.bulk_create([wanted], ignore_conflicts=True)
    for found in EntityMapping.objects.filter(
        Q(entity_id=entity_id) | Q(provider_entity_id=provider_id),
        connection_id=connection_id,
        entity_type=kind,
    ):
        if (found.entity_id, found.provider_entity_id) != (entity_id, provider_id):
            raise _conflict(found, wanted)
        wanted = found
    return wanted


def _conflict(found: EntityMapping, wanted: EntityMapping) -> Rejected:
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
    return Contested(message, sides)


def noted(connection_id: str, kind: Kind, entity_id: str) -> dict[str, Any]:
    """What was noted of the pair, {} when there is no pair."""
    pairs = EntityMapping.objects.filter(connection_id=connection_id, entity_type=kind, entity_id=entity_id)
    return pairs.values_list("metadata", flat=True).first() or {}


@transaction.atomic
def note(*, connection_id: str, kind: Kind, entity_id: str, facts: Mapping[str, Any], now: datetime) -> None:
    """Adds ``facts`` to what is known of the pair; "sent" is the digest of what was sent to the provider.

    Raises EntityMapping.DoesNotExist when there is no pair.
    """
    pair = EntityMapping.objects.select_for_update().get(
        connection_id=connection_id, entity_type=kind, entity_id=entity_id
    )
    pair.metadata = {**pair.metadata, **facts}
    if SENT in facts:
        pair.sent_fingerprint, pair.sent_at = str(facts[SENT]), now
    pair.save(update_fields=["metadata", "sent_fingerprint", "sent_at", "updated_at"])
