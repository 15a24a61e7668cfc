"""The mappings that a batch of events asks for: loaded at once, remembered, and written at once."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from billing.events import Kind
from billing.persistence import bulk_insert
from integrations.errors import Retry
from integrations.mappings import entity_mappings, freshness
from integrations.models import EntityMapping
from integrations.provider_api import Freshness, Json


class MappingSession:
    """One connection's pairs, inside one transaction. What it does not know it looks up; ``write`` ends it."""

    def __init__(self, connection_id: str) -> None:
        self._connection_id = connection_id
        self._by_theirs: dict[tuple[str, str], EntityMapping] = {}
        self._by_ours: dict[tuple[str, str], EntityMapping] = {}
        # Objects of theirs that nobody else can link meanwhile: what was not found of them is not there.
        self._held: set[str] = set()
        self._new: dict[tuple[str, str], EntityMapping] = {}
        self._seen: dict[str, EntityMapping] = {}
        self._facts: dict[str, tuple[EntityMapping, Json]] = {}
        # How much was asked for so far: equal numbers mean that nothing is to be written of what came between.
        self.asked = 0

    def load(self, provider_ids: Iterable[str], *, held: Iterable[str] = ()) -> set[str]:
        """Looks the objects up, of whatever kind, in one statement; answers those that have no twin.

        ``held``: those whose advisory lock this transaction has.
        """
        wanted = set(provider_ids)
        found = EntityMapping.objects.filter(
            connection_id=self._connection_id, provider_entity_id__among=wanted
        )
        for pair in found.order_by():
            self._keep(pair)
            wanted.discard(pair.provider_entity_id)
        self._held.update(held)
        return wanted

    def holds(self, provider_id: str) -> bool:
        """Whether this transaction has the object to itself."""
        return provider_id in self._held

    def ids(self, kind: Kind, provider_ids: set[str]) -> list[str]:
        """Ours of those that are loaded."""
        pairs = self._by_theirs.items()
        return [pair.entity_id for (of, theirs), pair in pairs if of == kind and theirs in provider_ids]

    def entity_id_of(self, kind: Kind, provider_id: str) -> str | None:
        """The id of our twin."""
        pair = self.of_theirs(kind, provider_id)
        return (pair.entity_id or None) if pair else None

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The id of their twin."""
        pair = self._of_ours(kind, entity_id)
        return pair.provider_entity_id if pair else None

    def of_theirs(self, kind: Kind, provider_id: str) -> EntityMapping | None:
        """The pair of their object."""
        pair = self._by_theirs.get((kind, provider_id))
        if pair is None and provider_id not in self._held:
            pair = self._found(entity_type=kind, provider_entity_id=provider_id)
        return pair

    def _of_ours(self, kind: Kind, entity_id: str) -> EntityMapping | None:
        known = self._by_ours.get((kind, entity_id))
        return known or (self._found(entity_type=kind, entity_id=entity_id) if entity_id else None)

    def link(self, kind: Kind, entity_id: str, provider_id: str) -> None:
        """Lets the two be one; raises MappingConflict, or Rejected for one that was deleted, here or when it is written."""
        wanted = self._pair(kind, entity_id, provider_id)
        found = self.of_theirs(kind, provider_id) or self._by_ours.get((kind, entity_id))
        if found is None:
            self._keep(wanted)
            self._new[kind, provider_id] = wanted
            self.asked += 1
        elif (found.entity_id, found.provider_entity_id) != (entity_id, provider_id):
            raise entity_mappings.conflict(found, wanted)

    def saw(self, kind: Kind, provider_id: str, created: datetime, rank: int, event_id: str) -> Freshness:
        """What the event is to the object (see news.judge); lets it be remembered.

        An object we do not have is always news, unless its deletion came before; nothing but a deletion is
        remembered of it.
        """
        pair = self.of_theirs(kind, provider_id)
        if pair is None and rank >= freshness.DELETED:
            pair = self._new[kind, provider_id] = self._keep(self._pair(kind, "", provider_id))
        if pair is None:
            return Freshness.FRESH
        found = freshness.judge(pair, created=created, rank=rank, event_id=event_id)
        if found is not Freshness.STALE:
            if (kind, provider_id) not in self._new:
                self._seen[pair.pk] = pair
            self.asked += 1
        return found

    def annotate(self, kind: Kind, entity_id: str, facts: Json) -> None:
        """Lets facts be added to what is known of a pair; raises EntityMapping.DoesNotExist when there is none."""
        pair = self._of_ours(kind, entity_id)
        if pair is None:
            raise EntityMapping.DoesNotExist(f"{kind} {entity_id} has no twin.")
        self.asked += 1
        if (kind, pair.provider_entity_id) in self._new:
            pair.metadata = {**pair.metadata, **facts}
        else:
            _, before = self._facts.get(pair.pk, (pair, {}))
            self._facts[pair.pk] = pair, {**before, **facts}

    def tables(self) -> Iterable[str]:
        """Where something waits to be written."""
        waits = self._new or self._seen or self._facts
        return (EntityMapping._meta.db_table,) if waits else ()

    def write(self) -> None:
        """Writes all that waits, in the same order whoever does it; raises MappingConflict or Rejected."""
        if self._new:
            self._insert([self._new[key] for key in sorted(self._new)])
        if self._seen:
            entity_mappings.save_seen([self._seen[key] for key in sorted(self._seen)])
        if self._facts:
            entity_mappings.add_facts([self._facts[key] for key in sorted(self._facts)])
        self._clear()

    def _clear(self) -> None:
        self._new.clear()
        self._seen.clear()
        self._facts.clear()

    def _insert(self, new: list[EntityMapping]) -> None:
        try:
            with transaction.atomic():
                bulk_insert.insert(new)
        except IntegrityError:
            for wanted in new:
                entity_mappings.refuse_conflict(wanted)
            raise Retry("Its object was linked by somebody else in the same moment.") from None

    def _pair(self, kind: Kind, entity_id: str, provider_id: str) -> EntityMapping:
        return EntityMapping(
            connection_id=self._connection_id,
            entity_type=kind,
            entity_id=entity_id,
            provider_entity_id=provider_id,
        )

    def _found(self, **of: str) -> EntityMapping | None:
        try:
            return self._keep(EntityMapping.objects.get(connection_id=self._connection_id, **of))
        except EntityMapping.DoesNotExist:
            return None

    def _keep(self, pair: EntityMapping) -> EntityMapping:
        self._by_theirs[pair.entity_type, pair.provider_entity_id] = pair
        if pair.entity_id:
            self._by_ours[pair.entity_type, pair.entity_id] = pair
        return pair
