"""An entity and its counterpart at the provider: what each of the two has, and what is noted of both."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

from billing.events import Change, Kind, announce
from billing.persistence.unit_of_work import current_unit_of_work
from integrations.mappings.bases import UNDECIDED
from integrations.mappings.merge import Base, align
from integrations.mappings.parts import touched
from integrations.mappings.session import MappingSession
from integrations.models import Connection
from integrations.provider_api import LAST_KNOWN, Fields, Json, Mergeable, Place, registry


@dataclass(frozen=True)
class Counterparts:
    """One entity of ``kind``, mapped to an object of the ``connection``'s account."""

    connection: Connection
    session: MappingSession
    kind: Kind
    entity_id: str

    @cached_property
    def mergeable(self) -> Mergeable:
        """How the kind is merged."""
        return registry.provider(self.connection.provider).mergeables[self.kind]

    @cached_property
    def names(self) -> dict[str, str]:
        """What they are called, by the columns of a conflict."""
        return {
            "connection_id": self.connection.pk,
            "entity_type": self.kind,
            "entity_id": self.entity_id,
            "provider_entity_id": self.session.provider_id_of(self.kind, self.entity_id) or "",
        }

    @property
    def notes(self) -> Json:
        """What is noted of their mapping by now."""
        return self.session.notes_of(self.kind, self.names["provider_entity_id"])

    def annotate(self, facts: Json) -> None:
        """Adds to these."""
        self.session.annotate(self.kind, self.entity_id, facts)

    def place(self, notes: Json) -> Place:
        """Where they meet, by these ``notes``."""
        return Place(
            self.connection.pk,
            self.connection.environment_id,
            self.session.provider_id_of,
            self.session.entity_id_of,
            notes.get(LAST_KNOWN) or {},
            former=notes.get(UNDECIDED) or {},
        )

    @property
    def here(self) -> Place:
        """Where they meet by now."""
        return self.place(self.notes)

    def place_at(self, current: Json, former: Fields | None = None) -> Place:
        """The place where ``current`` is what both have been compared with; ``former``: see Place."""
        return replace(self.place({}), held=current, now=current, former=former or {})

    def ours(self, place: Place) -> Fields:
        """What the entity has, as the counterpart would have it."""
        return self.mergeable.fields(self.mergeable.desired(place, self.entity_id))

    def put(self, values: Fields, place: Place, origin: str | None) -> None:
        """Gives the entity the values."""
        self.mergeable.put(place, self.entity_id, values, origin=origin)

    def aligned(self, base: Base, ours: Fields, theirs: Fields) -> tuple[Base, Fields, Fields]:
        """See merge.align."""
        return align(base, ours, theirs, self.mergeable.part_of)

    def part_of(self, name: str) -> str:
        """The part that the field belongs to, "" where to none."""
        return self.mergeable.part_of(name) if self.mergeable.part_of else ""

    def touched(self, names: Collection[str], changed: Collection[str]) -> frozenset[str]:
        """See parts.touched."""
        return touched(names, changed, self.mergeable.part_of)

    def is_part(self, name: str) -> bool:
        """Whether the field is a whole part."""
        return bool(name) and self.part_of(name) == name

    def announce(self) -> None:
        """What stays here has to reach the provider."""
        change = Change(self.kind, self.entity_id, self.connection.environment_id)
        if here := current_unit_of_work():
            here.announce(change)
        else:
            announce(change)
