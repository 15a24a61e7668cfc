"""What the two sides of a new link have in common: the base from which both are followed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from integrations.inbox.context import LOOKED_AT
from integrations.linking.pairs import Pair
from integrations.mappings import beginnings
from integrations.mappings.counterparts import Counterparts
from integrations.mappings.merge import Base, align
from integrations.mappings.session import MappingSession
from integrations.models import EntityMapping
from integrations.provider_api import Comparison, Fields, First, Mergeable, flat, registry


@dataclass(frozen=True)
class Sides:
    """Both sides by field; ``is_reserved``: which fields only FlexSync writes."""

    ours: Fields
    theirs: Fields
    is_reserved: Callable[[str], bool]

    def names(self) -> list[str]:
        """The fields of either."""
        return list({**self.ours, **self.theirs})

    def apart(self) -> list[str]:
        """The fields of which each side keeps its own value."""
        differing = (name for name in self.names() if self.ours.get(name) != self.theirs.get(name))
        return [name for name in differing if not self.is_reserved(name)]


def mergeable_of(pair: Pair) -> Mergeable | None:
    """How the kind is merged, None for one that is not."""
    return registry.provider(pair.connection.provider).mergeables.get(pair.kind)


def sides(pair: Pair, found: Comparison) -> Sides:
    """Both sides of a comparison by field, as they are merged from then on."""
    mergeable = mergeable_of(pair)
    if mergeable is None:
        return Sides(flat(found.ours), flat(found.theirs), lambda _field: False)
    ours, theirs = mergeable.fields(found.ours), mergeable.fields(found.theirs)
    _, ours, theirs = align(Base(None), ours, theirs, mergeable.part_of)
    return Sides(ours, theirs, mergeable.is_reserved)


def begin(pair: Pair, mapping: EntityMapping, found: Comparison, asked_at: datetime) -> None:
    """Notes of a new mapping what both have: each keeps its own where they differ."""
    mapping.metadata = {**found.notes, LOOKED_AT: asked_at.isoformat()}
    mapping.save()
    if mergeable_of(pair) is None:
        return
    session = MappingSession(pair.connection.pk)
    # As of an object from which the row was made: all that differs was left so.
    both = Counterparts(pair.connection, session, pair.kind, pair.entity_id)
    beginnings.begin(both, found.theirs, First.NEW)
    session.write()
