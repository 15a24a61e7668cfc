"""The steps that all spellings share."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from integrations.providers.stripe.translate.fields import Json


def without(stripe_object: Json, old: Collection[str]) -> dict[str, Any]:
    """A copy without the old names."""
    return {name: value for name, value in stripe_object.items() if name not in old}


def fill(new: dict[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """``new`` with ``made`` where it says nothing: what the new spelling says wins."""
    for name, value in made.items():
        if new.get(name) is None and value is not None:
            new[name] = value
    return new


def unchanged_or(items: list[Json], spell: Callable[[Json], Json]) -> list[Json]:
    """Each of ``items`` in the new spelling; the same list where nothing is old."""
    found = [spell(one) for one in items]
    return items if all(one is old for one, old in zip(found, items, strict=True)) else found
