"""What a link by hand would join: both sides field by field, and what else a person should know of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from billing.errors import Conflict
from integrations.linking.base import Sides
from integrations.linking.objects import REFUSED
from integrations.linking.pairs import Pair, label
from integrations.mappings import bases
from integrations.provider_api import Comparison, Json, Linkable

_EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Field:
    """One field: its value here and there, None for nothing."""

    field: str
    ours: Any
    theirs: Any

    @property
    def differs(self) -> bool:
        """Whether the two say something else; nothing at all is said in several ways."""
        return self.ours != self.theirs and not (self.ours in _EMPTY and self.theirs in _EMPTY)


@dataclass(frozen=True)
class Preview:
    """``warnings``: what a person should know before. ``goes_on``: what waits for it, by kind of work."""

    pair: Pair
    fields: tuple[Field, ...]
    warnings: tuple[str, ...]
    goes_on: dict[str, list[str]]


def compared(pair: Pair, how: Linkable, provider_object: Json) -> Comparison:
    """Both sides; raises Conflict, which names each field that keeps the two from being counterparts."""
    found = how.compare(bases.place_of(pair.connection, {}), pair.entity_id, provider_object)
    if found.problems:
        reasons = " ".join(found.problems.values())
        raise Conflict(
            f"{pair.provider_id} cannot be the counterpart of {pair.entity_id}. {reasons}",
            code=REFUSED,
            details=found.problems,
        )
    return found


def fields(sides: Sides, found: Comparison) -> tuple[Field, ...]:
    """What either side has, field by field."""
    named = [Field(name, sides.ours.get(name), sides.theirs.get(name)) for name in sides.names()]
    named += [Field(name, *values) for name, values in found.shown.items()]
    return tuple(one for one in named if one.ours not in _EMPTY or one.theirs not in _EMPTY)


def warnings(pair: Pair, how: Linkable, provider_object: Json, sides: Sides) -> Iterator[str]:
    """What the person should know."""
    named = how.marks(provider_object).entity_id
    if named not in ("", pair.entity_id):
        yield f"Its metadata names {named}. The next change that is sent writes {pair.entity_id} there instead."
    if taken := [name for name in how.taken if sides.ours.get(name) != sides.theirs.get(name)]:
        yield f"{', '.join(taken)} becomes {label(pair.connection)}'s."
    if apart := [name for name in sides.apart() if name not in taken]:
        yield f"Both sides keep their own {', '.join(apart)}, until somebody changes that on either."
