"""Parts of an object that can be added and removed: each is compared whole where a side does not have it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from integrations.provider_api import Fields, value_of

# The part that a field belongs to, and the part's own name for itself; "" for other fields.
PartOf = Callable[[str], str]


def with_values(fields: Fields, values: Fields, part_of: PartOf | None) -> dict[str, Any]:
    """``fields`` with other values, among which may be whole parts."""
    found = dict(fields)
    for name, value in values.items():
        if part_of is None or part_of(name) != name:
            found[name] = value
            continue
        found = {other: one for other, one in found.items() if part_of(other) != name}
        found |= {f"{name}.{inner}": one for inner, one in (value or {}).items()}
    return found


def touched(names: Iterable[str], changed: Collection[str], part_of: PartOf | None) -> frozenset[str]:
    """Those of ``names`` that were ``changed``, alone or with the whole part that they belong to."""
    return frozenset(name for name in names if name in changed or (part_of and part_of(name) in changed))


def aligned(sides: Sequence[Fields], part_of: PartOf, before: Sequence[Fields] = ()) -> list[dict[str, Any]]:
    """What was ``before``, and the sides, with each part whole that one of the sides does not have."""
    every = [*before, *sides]
    parts = {part for side in every for name in side if (part := part_of(name))}
    partial = {part for part in parts if any(_whole(side, part) is None for side in sides)}
    return [_collapsed(side, partial, part_of) for side in every]


def _collapsed(side: Fields, partial: set[str], part_of: PartOf) -> dict[str, Any]:
    found = {name: value for name, value in side.items() if part_of(name) not in partial}
    return found | {part: whole for part in partial if (whole := _whole(side, part)) is not None}


def _whole(side: Fields, part: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = value_of(side, part)
    return found


def named(values: Fields, names: Mapping[str, str]) -> dict[str, Any]:
    """``values`` with other ``names`` of parts."""
    found = dict(values)
    for part, name in names.items():
        found = {_moved(field, part, name): value for field, value in found.items()}
    return found


def _moved(field: str, part: str, name: str) -> str:
    return name + field.removeprefix(part) if f"{field}.".startswith(f"{part}.") else field
