"""A person's decision of a conflict: whose value both sides are to have, at once, and also afterwards."""

from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.errors import Conflict as Refused
from billing.events import Change, Kind, announce
from billing.persistence import expected_versions, rows
from billing.persistence.expected_versions import Outdated
from billing.persistence.tables import MODELS
from integrations.db import advisory_locks
from integrations.errors import Gone
from integrations.mappings import conflicts, entity_mappings, gone, own_changes
from integrations.mappings.bases import APART, UNDECIDED, pending, place_of
from integrations.models import Conflict, EntityMapping
from integrations.models.connections import Owner
from integrations.provider_api import Fields, Mergeable, Place, registry, value_of

FIXED = "value_fixed"


@transaction.atomic
def decide(conflict_id: str, side: Owner, *, by: str, seen: Collection[int] | None = None) -> Conflict:
    """Gives both sides the value of ``side``: here now, at the provider by a push.

    Of an open conflict FlexSync's value is what was edited here last. Of one that was decided already this is
    a change made now. ``seen``: the conflict's ``version`` that the person has seen, or several; None where
    that is not known, or is expected already (billing.persistence.expected_versions). Raises billing's errors
    where the entity cannot have the value, Outdated where the conflict has changed since, Conflict where the
    entity has another counterpart, or none, or a gone one.
    """
    conflict = _locked(conflict_id)
    if (seen is not None and conflict.version not in seen) or expected_versions.is_outdated(conflict):
        raise _changed(conflict)
    connection, kind = conflict.connection, Kind(conflict.entity_type)
    mergeable = registry.provider(connection.provider).mergeables[kind]
    mapping = _mapping_of(conflict)
    place = place_of(connection, mapping.metadata)
    theirs, before = value_of(mergeable.fields(place.held), conflict.field), _row(mergeable, place, conflict)
    if not conflict.winner:
        _follow(conflict, mergeable, place, value_of(before, conflict.field))
    value = conflict.ours if side is Owner.FLEXSYNC else conflict.theirs
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
    conflict.save(update_fields=["ours", "ours_at", "winner", "decided_by", "decided_at"])
    return conflict


def _locked(conflict_id: str) -> Conflict:
    """The conflict, locked after its object and its row, as a merge does: neither waits for the other."""
    conflicts_of = Conflict.objects.select_related("connection")
    of = conflicts_of.get(pk=conflict_id)
    advisory_locks.lock(of.connection_id, of.provider_entity_id)
    rows.locked(MODELS[Kind(of.entity_type)], of.connection.environment_id, of.entity_id)
    return conflicts_of.select_for_update(of=("self",)).get(pk=conflict_id)


def _follow(conflict: Conflict, mergeable: Mergeable, place: Place, ours: Any) -> None:
    """Until a push has told the provider, a value that was edited here again is not in the conflict.

    Where the entity has the provider's, what that replaced is meant.
    """
    if ours not in (conflict.ours, conflict.theirs):
        kind = Kind(conflict.entity_type)
        conflict.ours = ours
        conflict.ours_at = own_changes.changed_at(mergeable, place, kind, conflict.entity_id, conflict.field)


def _row(mergeable: Mergeable, place: Place, conflict: Conflict) -> Fields:
    return mergeable.fields(mergeable.desired(place, conflict.entity_id))


def _changed(conflict: Conflict) -> Outdated:
    whose = "FlexSync's" if conflict.winner == Owner.FLEXSYNC else "the provider's"
    by_now = (
        f"It was decided after you had looked: {whose} value stays, by {conflict.decided_by or 'the rule'}."
    )
    if not conflict.winner:
        by_now = "The provider's value has changed since you looked."
    return Outdated(
        f"{by_now} Nothing was changed. Look what both sides have by now, then choose again if that is wrong."
    )


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
    if mapping.gone_at and not mapping.gone_choice:
        why = gone.of_entity(conflict.connection_id, Kind(conflict.entity_type), conflict.entity_id)
        raise Refused(str(why), code=Gone.code)
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
