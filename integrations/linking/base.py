"""What the two sides of a new link have in common: the base from which both are followed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.inbox.context import LOOKED_AT
from integrations.linking.pairs import Pair
from integrations.mappings.merging import APART
from integrations.provider_api import LAST_KNOWN, Comparison, Fields, flat, registry


@dataclass(frozen=True)
class Sides:
    """Both sides by field; ``is_reserved``: which fields only FlexSync writes."""

    ours: Fields
    theirs: Fields
    is_reserved: Callable[[str], bool]

    def names(self) -> list[str]:
        """The fields of either."""
        return list({**self.ours, **self.theirs})

    def apart(self) -> dict[str, Any]:
        """FlexSync's values where the two differ: each side keeps its own."""
        return {
            name: self.ours.get(name)
            for name in self.names()
            if self.ours.get(name) != self.theirs.get(name) and not self.is_reserved(name)
        }


def sides(pair: Pair, found: Comparison) -> Sides:
    """Both sides of a comparison by field, as they are merged from then on."""
    mergeable = registry.provider(pair.connection.provider).mergeables.get(pair.kind)
    if mergeable is None:
        return Sides(flat(found.ours), flat(found.theirs), lambda _field: False)
    return Sides(mergeable.fields(found.ours), mergeable.fields(found.theirs), mergeable.is_reserved)


def first_notes(pair: Pair, found: Comparison, asked_at: datetime) -> dict[str, Any]:
    """The notes of a new mapping."""
    noted = {**found.notes, LOOKED_AT: asked_at.isoformat()}
    if pair.kind not in registry.provider(pair.connection.provider).mergeables:
        return noted
    return noted | {LAST_KNOWN: dict(found.theirs), APART: sides(pair, found).apart()}
