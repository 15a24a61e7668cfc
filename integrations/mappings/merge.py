"""Compares both sides of a mapping, field by field, with what each had when they were last compared."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from integrations.provider_api import KEYED, Fields


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


@dataclass(frozen=True)
class Comparison:
    """Fields that differ: changed at the provider only, here only, or on both sides."""

    there: frozenset[str]
    here: frozenset[str]
    both: frozenset[str]


def is_keyed(name: str) -> bool:
    """Whether the field is a part that comes and goes, such as a key of metadata."""
    return name.partition(".")[0] in KEYED


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


def compare(base: Base, ours: Fields, theirs: Fields, is_reserved: Callable[[str], bool]) -> Comparison:
    """What differs, and who changed it; before the first comparison both have changed all that differs."""
    if base.theirs is None:
        differing = {name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)}
        reserved = frozenset(name for name in differing if is_reserved(name))
        return Comparison(frozenset(), reserved, frozenset(differing - reserved))
    here, there = changed_here(base, ours), changed_there(base, theirs)
    both = frozenset(name for name in here & there if ours.get(name) != theirs.get(name))
    return Comparison(there - here, here - there, both)
