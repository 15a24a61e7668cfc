"""A person's decision of a conflict: whose value both sides are to have, at once, and also afterwards."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.errors import Conflict as Refused
from billing.events import Change, Kind, announce
from billing.persistence import rows
from billing.persistence.tables import MODELS
from integrations.db import advisory_locks
from integrations.mappings import conflicts, entity_mappings
from integrations.mappings.bases import APART, UNDECIDED, pending, place_of
from integrations.models import Conflict, EntityMapping
from integrations.models.connections import Owner
from integrations.provider_api import Fields, Mergeable, Place, registry, value_of

FIXED = "value_fixed"


@transaction.atomic
def decide(conflict_id: str, side: Owner, *, by: str) -> Conflict:
    """Gives both sides the value of ``side``: here now, at the provider by a push.

    Of a conflict that was decided already this is a change made now. Raises billing's errors where the entity
    cannot have the value, Conflict where it has another counterpart now, or none.
    """
    conflict = (
        Conflict.objects.select_for_update(of=("self",)).select_related("connection").get(pk=conflict_id)
    )
    connection, kind = conflict.connection, Kind(conflict.entity_type)
    advisory_locks.lock(connection.pk, conflict.provider_entity_id)
    rows.locked(MODELS[kind], connection.environment_id, conflict.entity_id)
    value = conflict.ours if side is Owner.FLEXSYNC else conflict.theirs
    mergeable = registry.provider(connection.provider).mergeables[kind]
    mapping = _mapping_of(conflict)
    place = place_of(connection, mapping.metadata)
    theirs, before = value_of(mergeable.fields(place.held), conflict.field), _row(mergeable, place, conflict)
    if value != theirs and mergeable.is_fixed(place.held, conflict.field):
        raise _fixed(conflict)
    mergeable.put(place, conflict.entity_id, {conflict.field: value}, origin=None)
    after = _row(mergeable, place, conflict)
    if (
        before == after
        and value_of(before, conflict.field) != value
        and not mergeable.unheld(conflict.field, value)
    ):
        raise _fixed(conflict)
    _note(mapping, conflict, value_of(after, conflict.field), theirs)
    announce(Change(kind, conflict.entity_id, connection.environment_id))
    conflicts.note_settled([conflict], side.value, by)
    conflict.winner, conflict.decided_by, conflict.decided_at = side, by, timezone.now()
    conflict.save(update_fields=["winner", "decided_by", "decided_at"])
    return conflict


def _row(mergeable: Mergeable, place: Place, conflict: Conflict) -> Fields:
    return mergeable.fields(mergeable.desired(place, conflict.entity_id))


def _fixed(conflict: Conflict) -> Refused:
    return Refused(
        f"The {conflict.entity_type} {conflict.entity_id} cannot have this value of {conflict.field} any more: it has"
        " ended, or is final, here or at the provider. Nothing was changed. Where the value is needed, make another one.",
        code=FIXED,
    )


def is_to_be_sent(conflict: Conflict) -> bool:
    """Whether the entity has anything, after the decision, that the provider does not have."""
    kind, mapping = Kind(conflict.entity_type), _mapping_of(conflict)
    provider_id_of = partial(entity_mappings.provider_id_of, conflict.connection_id)
    found = pending(conflict.connection, kind, conflict.entity_id, mapping.metadata, provider_id_of)
    return bool(found.changed or found.is_doubtful)


def _mapping_of(conflict: Conflict) -> EntityMapping:
    pair = {name: getattr(conflict, name) for name in ("entity_type", "entity_id", "provider_entity_id")}
    mappings = EntityMapping.objects.select_for_update().filter(connection_id=conflict.connection_id, **pair)
    mapping = mappings.first()
    if mapping is None:
        raise Refused(
            f"The {conflict.entity_type} {conflict.entity_id} and {conflict.provider_entity_id} are no counterparts any"
            " more. Change the value on the side where it is wrong.",
            code="not_synced",
        )
    return mapping


def _note(mapping: EntityMapping, conflict: Conflict, ours: Any, theirs: Any) -> None:
    """Lets a push send FlexSync's value; not where the provider's was chosen and cannot be held here.

    The decision waits for no event that would tell when the provider's was set.
    """
    notes = mapping.metadata
    apart, undecided = ({**(notes.get(name) or {})} for name in (APART, UNDECIDED))
    for values in (apart, undecided):
        values.pop(conflict.field, None)
    is_held = ours in (conflict.ours, conflict.theirs)
    if not is_held and theirs == conflict.theirs:
        apart[conflict.field] = ours
    mapping.metadata = {**notes, APART: apart, UNDECIDED: undecided}
    mapping.save(update_fields=["metadata", "updated_at"])
