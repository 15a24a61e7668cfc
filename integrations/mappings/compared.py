"""Both sides of an entity, compared with what they last had in common."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from integrations.mappings import bases
from integrations.mappings.bases import OPEN, UNDECIDED
from integrations.mappings.counterparts import Counterparts
from integrations.mappings.merge import Base, Comparison, compare, kept_parts, without
from integrations.mappings.parts import with_values
from integrations.models.connections import Owner
from integrations.provider_api import Fields, Json


@dataclass(frozen=True)
class Compared:
    """What both had, what each has by now, and who changed what; each part is whole that a side lacks.

    ``row``, ``shown``: what the entity has, and what the provider's object shows, as they are. ``decided``:
    whose value stays, whatever the owner setting says.
    """

    row: Fields
    shown: Fields
    base: Base
    ours: Fields
    theirs: Fields
    changes: Comparison
    decided: Mapping[str, Owner]


def compared(pair: Counterparts, notes: Json, current: Json, row: Fields, base: Base) -> Compared:
    """The provider has ``current`` by now, and the entity ``row``."""
    mergeable, shown = pair.mergeable, pair.mergeable.fields(current)
    back = bases.returned(notes, row)
    base, ours, theirs = pair.aligned(base, with_values(row, back, mergeable.part_of), shown)
    changes = compare(base, ours, theirs, mergeable.is_reserved, mergeable.is_same)
    undecided = pair.touched(changes.here | changes.there, notes.get(UNDECIDED, {}))
    changes = changes.with_both(undecided).with_there(back.keys())
    fixed = _fixed(pair, changes, current)
    changes = without(changes, fixed)
    ended = _ended(pair, notes, current) - changes.both
    changes = replace(changes, there=changes.there | ended)
    kept = kept_parts(changes, ours, theirs, mergeable.part_of)
    decided = dict.fromkeys(fixed, Owner.PROVIDER) | dict.fromkeys(kept, Owner.FLEXSYNC)
    return Compared(row, shown, base, ours, theirs, changes.with_both(kept), decided)


def _ended(pair: Counterparts, notes: Json, current: Json) -> frozenset[str]:
    """Of which a conflict was open when it became fixed: the provider's value is the one that is left."""
    return frozenset(name for name in notes.get(OPEN, ()) if pair.mergeable.is_fixed(current, name))


def _fixed(pair: Counterparts, changes: Comparison, current: Json) -> frozenset[str]:
    """What was changed here, and can reach the provider no more."""
    mergeable, names = pair.mergeable, changes.here | changes.both
    return frozenset(
        name for name in names if mergeable.is_fixed(current, name) and not mergeable.is_reserved(name)
    )
