"""What a link by hand writes: pairs made, changed and ended."""

from collections.abc import Sequence
from typing import Any

from billing.errors import Conflict
from billing.ids import new_id
from integrations.mappings import conflicts
from integrations.models import EntityMapping
from integrations.provider_api import RELINK, UNLINK

CONFLICT = "mapping_conflict"
# An object without a row: all else is known of a pair, and of no other.
_OF_NO_PAIR: dict[str, Any] = {
    "entity_id": "", "seen_at": None, "seen_rank": 0, "seen_event": "", "sent_fingerprint": "", "sent_at": None,
    "metadata": {}, "gone_choice": "", "decided_by": "", "decided_at": None,
}  # fmt: skip


def refuse_linked(wanted: EntityMapping) -> None:
    """Raises Conflict where either has another counterpart; locks the mappings of both."""
    others = _same_place(wanted).exclude(entity_id="").exclude(pk=wanted.pk).select_for_update()
    taken = [
        *others.filter(entity_id=wanted.entity_id),
        *others.filter(provider_entity_id=wanted.provider_entity_id).exclude(entity_id=wanted.entity_id),
    ]
    if not taken:
        return
    details = {one.pk: f"{one.entity_id} = {one.provider_entity_id}" for one in taken}
    raise Conflict(_taken(wanted, taken), code=CONFLICT, details=details)


def _taken(wanted: EntityMapping, taken: Sequence[EntityMapping]) -> str:
    """What keeps the two apart, and what to do."""
    if str(wanted) in map(str, taken):
        back = f" Its object is gone there; if it is back, {UNLINK} first." if taken[0].gone_at else ""
        return f"{wanted.entity_id} and {wanted.provider_entity_id} are linked already ({taken[0].pk}).{back}"
    linked = " and ".join(
        f"{one.entity_id} is linked to {one.provider_entity_id} ({one.pk})" for one in taken
    )
    return (
        f"{wanted.entity_type} {wanted.entity_id} cannot be linked to {wanted.provider_entity_id}: {linked}. Decide which is"
        f" right; where a mapping is wrong, {RELINK}, or {UNLINK}."
    )


def write(wanted: EntityMapping) -> EntityMapping:
    """Stores the pair as a mapping that knows nothing of what was before; returns it."""
    _same_place(wanted).filter(entity_id="", provider_entity_id=wanted.provider_entity_id).delete()
    wanted.save(force_insert=True)
    return wanted


def end(mapping_id: str, entity_id: str, provider_id: str) -> None:
    """Ends the pair. The object is remembered without a row, so that only a person links it again.

    Raises Conflict where the mapping is of another pair by now.
    """
    named = {"pk": mapping_id, "entity_id": entity_id, "provider_entity_id": provider_id}
    mapping = EntityMapping.objects.select_for_update().filter(**named).first()
    if mapping is None:
        raise Conflict(f"The mapping {mapping_id} was changed meanwhile. Look at it again.", code=CONFLICT)
    pair = {"connection_id": mapping.connection_id, "entity_type": mapping.entity_type}
    conflicts.close_all({**pair, "entity_id": entity_id}, by="the end of the mapping")
    EntityMapping.objects.filter(pk=mapping_id).update(id=new_id("map"), **_OF_NO_PAIR)


def _same_place(mapping: EntityMapping) -> Any:
    place = {"connection_id": mapping.connection_id, "entity_type": mapping.entity_type}
    return EntityMapping.objects.filter(**place)
