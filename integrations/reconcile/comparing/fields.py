"""Which fields that both sides edit differ, and who has changed them since both were compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from integrations.mappings import bases
from integrations.mappings.merge import align, changed_here, changed_there, is_keyed
from integrations.models.connections import Owner
from integrations.models.findings import Repair
from integrations.provider_api import UNSENT, Json, Mergeable, Place

HERE = "It was changed here, and the provider has not got it: push it."
THERE = "It was changed at the provider, and no event has brought it here: take it."
BOTH = "Both sides have changed it, and neither knows of the other's: decide whose value is right."
APART = "Both sides have had their own value since they were linked: decide whose is right, or accept it."
FIXED = "It was changed here, and nobody can change it at the provider any more: take back what is there."
CONFLICT = "Both sides have changed it: decide the open conflict."


@dataclass(frozen=True)
class Differing:
    """One field; ``repair``: what restores what was meant, "" where only a person knows."""

    field: str
    ours: Any
    theirs: Any
    repair: str
    why: str


def differing(
    mergeable: Mergeable, place: Place, entity_id: str, notes: Json, current: Json, owner: Owner
) -> Iterator[Differing]:
    """The fields in which the row differs from what its counterpart has; ``owner``: whose value stays."""
    ours = mergeable.fields(mergeable.desired(place, entity_id))
    notes, names = bases.followed(notes, mergeable, current)
    base = bases.base_of(notes, mergeable, names=names)
    base, ours, theirs = align(base, ours, mergeable.fields(current), mergeable.part_of)
    here, there = changed_here(base, ours), changed_there(base, theirs)
    is_open = frozenset(notes.get(bases.OPEN, ()))
    for name in sorted({*theirs, *filter(is_keyed, ours)}):
        mine, other = ours.get(name), theirs.get(name)
        if (
            mergeable.is_same(name, mine, other)
            or mergeable.is_reserved(name)
            or _is_unsent(notes, name, mine, other)
        ):
            continue
        if name in base.apart and name not in here | there and mergeable.unheld(name, other):
            continue
        repair, why = _judged(name in here, name in there, owner)
        if repair == Repair.PUSH and mergeable.is_fixed(current, name):
            repair, why = Repair.TAKE.value, FIXED
        if repair == Repair.PUSH and (hindered := mergeable.unsendable({name: mine}, theirs, current)):
            repair, why = "", hindered[name]
        if name in is_open:
            repair, why = "", CONFLICT
        yield Differing(name, mine, other, repair, why)


def _is_unsent(notes: Json, name: str, ours: Any, theirs: Any) -> bool:
    """Whether the provider could not take the value, and nobody has changed it since."""
    unsent = notes.get(UNSENT) or {}
    if name not in unsent:
        return False
    tried, then, _why = unsent[name]
    return bool(ours == tried and (theirs or None) == (then or None))


def _judged(is_here: bool, is_there: bool, owner: Owner) -> tuple[str, str]:
    if is_here and is_there:
        owners = {Owner.FLEXSYNC: Repair.PUSH.value, Owner.PROVIDER: Repair.TAKE.value}
        return owners.get(owner, ""), BOTH
    if is_here:
        return Repair.PUSH.value, HERE
    return (Repair.TAKE.value, THERE) if is_there else ("", APART)
