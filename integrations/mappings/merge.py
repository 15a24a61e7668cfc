"""Compares both sides of a mapping, field by field, with what each had when they were last compared."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from integrations.mappings.parts import PartOf, aligned, with_values
from integrations.provider_api import KEYED, Fields

Same = Callable[[str, Any, Any], bool]


def equal(_field: str, ours: Any, theirs: Any) -> bool:
    """Whether both sides have the same value."""
    return bool(ours == theirs)


@dataclass(frozen=True)
class Base:
    """What both sides had at the last comparison.

    ``theirs``: the provider's values; None before the first comparison. ``apart``: FlexSync's, where both
    differed and were left so: a value that cannot be held here, or a conflict that is open.
    """

    theirs: Fields | None
    apart: Fields = field(default_factory=dict)

    def ours(self, name: str) -> Any:
        """FlexSync's value by then."""
        return self.apart[name] if name in self.apart else (self.theirs or {}).get(name)


def align(
    base: Base, ours: Fields, theirs: Fields | None, part_of: PartOf | None
) -> tuple[Base, Fields, Fields]:
    """All of them, with each part whole that one of them does not have; without ``theirs``, of the others."""
    if part_of is None:
        return base, ours, theirs or {}
    if base.theirs is None:
        ours, theirs = aligned([ours, theirs or {}], part_of)
        return base, ours, theirs
    before = with_values(base.theirs, base.apart, part_of)
    if theirs is None:
        known, before, ours = aligned([base.theirs, before, ours], part_of)
    else:
        # What both sides have added, each for itself, is compared field by field.
        known, before, ours, theirs = aligned([ours, theirs], part_of, before=[base.theirs, before])
    names = known.keys() | before.keys()
    apart = {name: before.get(name) for name in names if before.get(name) != known.get(name)}
    return Base(known, apart), ours, theirs or {}


@dataclass(frozen=True)
class Comparison:
    """Fields that were changed at the provider only, here only, on both sides, or there as here."""

    there: frozenset[str]
    here: frozenset[str]
    both: frozenset[str]
    alike: frozenset[str] = frozenset()

    def with_both(self, names: AbstractSet[str]) -> "Comparison":
        """As if both sides had changed these."""
        return replace(self, there=self.there - names, here=self.here - names, both=self.both | names)

    def with_there(self, names: AbstractSet[str]) -> "Comparison":
        """As if these had not been changed here."""
        return replace(self, there=self.there | (self.both & names), both=self.both - names)


def kept_parts(compared: Comparison, ours: Fields, theirs: Fields, part_of: PartOf | None) -> frozenset[str]:
    """Parts removed at the provider that stay, because none that FlexSync still has would be left."""
    if part_of is None:
        return frozenset()
    changed = compared.there | compared.both
    removed = frozenset(name for name in changed if part_of(name) == name and theirs.get(name) is None)
    left = {part for name in {*ours, *compared.there} if (part := part_of(name))} - removed
    return frozenset() if left else removed


def is_keyed(name: str) -> bool:
    """Whether the field is a part that comes and goes, such as a key of metadata."""
    return name.partition(".")[0] in KEYED


def without(compared: Comparison, fixed: AbstractSet[str]) -> Comparison:
    """The same where nobody can change the ``fixed`` fields at the provider: changed here, they differ."""
    return replace(compared, here=compared.here - fixed, both=compared.both | (compared.here & fixed))


def changed_here(base: Base, ours: Fields) -> frozenset[str]:
    """The fields that were changed here since, and that a push has to send."""
    names = ours.keys() | (base.theirs or {}).keys() | base.apart.keys()
    return frozenset(name for name in names if ours.get(name) != base.ours(name))


def changed_there(base: Base, theirs: Fields) -> frozenset[str]:
    """The fields that were changed at the provider since.

    A field that its object leaves out was not; a key of its metadata that is missing was removed.
    """
    known = base.theirs or {}
    names = theirs.keys() | {name for name in known if is_keyed(name)}
    return frozenset(name for name in names if theirs.get(name) != known.get(name))


def compare(
    base: Base, ours: Fields, theirs: Fields, is_reserved: Callable[[str], bool], is_same: Same = equal
) -> Comparison:
    """What differs, and who changed it; ``is_reserved``, ``is_same``: see Mergeable."""
    if base.theirs is None:
        return _compare_first(ours, theirs, is_reserved, is_same)
    here, there = changed_here(base, ours), changed_there(base, theirs)
    both = frozenset(name for name in here & there if not is_same(name, ours.get(name), theirs.get(name)))
    return Comparison(there - here, here - there, both, here & there - both)


def _compare_first(
    ours: Fields, theirs: Fields, is_reserved: Callable[[str], bool], is_same: Same
) -> Comparison:
    """Who changed it is not known; but a side that has nothing loses nothing to the other."""
    every = ours.keys() | theirs.keys()
    names = {name for name in every if not is_same(name, ours.get(name), theirs.get(name))}
    here = frozenset(name for name in names if is_reserved(name) or _is_empty(theirs.get(name)))
    there = frozenset(name for name in names - here if _is_empty(ours.get(name)))
    return Comparison(there, here, frozenset(names - here - there))


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [])
