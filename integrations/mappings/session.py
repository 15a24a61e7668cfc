"""The mappings that a batch of events needs: loaded at once, remembered, and written at once."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from billing.events import Kind
from billing.persistence import bulk_insert
from integrations.errors import Retry
from integrations.mappings import entity_mappings, freshness
from integrations.models import EntityMapping
from integrations.models.mappings import GoneChoice
from integrations.provider_api import Freshness, Json


class MappingSession:
    """One connection's mappings, inside one transaction; looks up what it does not know."""

    tables = frozenset({EntityMapping._meta.db_table})

    def __init__(self, connection_id: str) -> None:
        self._connection_id = connection_id
        self._by_provider_id: dict[tuple[str, str], EntityMapping] = {}
        self._by_entity_id: dict[tuple[str, str], EntityMapping] = {}
        # The provider's objects that no other transaction can link meanwhile: those not found have no
        # mapping.
        self._locked: set[str] = set()
        self._new: dict[tuple[str, str], EntityMapping] = {}
        self._seen: dict[str, EntityMapping] = {}
        self._facts: dict[str, tuple[EntityMapping, Json]] = {}
        # Equal numbers mean that nothing that came between is to be written.
        self.changes = 0

    def load(self, provider_ids: Iterable[str], *, locked: Iterable[str] = ()) -> set[str]:
        """Looks the objects up, of whatever kind, in one statement; returns those that have no mapping.

        ``locked``: those whose advisory lock this transaction has.
        """
        missing = set(provider_ids)
        found = EntityMapping.objects.filter(
            connection_id=self._connection_id, provider_entity_id__among=missing
        )
        for mapping in found.order_by():
            self._keep(mapping)
            missing.discard(mapping.provider_entity_id)
        self._locked.update(locked)
        return missing

    def has_locked(self, provider_id: str) -> bool:
        """Whether this transaction has the object's advisory lock."""
        return provider_id in self._locked

    def entity_ids(self, kind: Kind, provider_ids: set[str]) -> list[str]:
        """FlexSync's ids of those objects whose mappings are loaded."""
        return [
            mapping.owner_id or ""
            for (of_kind, provider_id), mapping in self._by_provider_id.items()
            if of_kind == kind and provider_id in provider_ids
        ]

    def entity_id_of(self, kind: Kind, provider_id: str) -> str | None:
        """FlexSync's id of the provider's object."""
        mapping = self._of_provider_id(kind, provider_id)
        return mapping.owner_id if mapping else None

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The provider's id of FlexSync's row."""
        mapping = self._of_entity_id(kind, entity_id)
        return mapping.provider_entity_id if mapping else None

    def _of_provider_id(self, kind: Kind, provider_id: str) -> EntityMapping | None:
        mapping = self._by_provider_id.get((kind, provider_id))
        if mapping is None and provider_id not in self._locked:
            mapping = self._find(entity_type=kind, provider_entity_id=provider_id)
        return mapping

    def _of_entity_id(self, kind: Kind, entity_id: str) -> EntityMapping | None:
        known = self._by_entity_id.get((kind, entity_id))
        return known or (self._find(entity_type=kind, entity_id=entity_id) if entity_id else None)

    def is_unlinked(self, kind: Kind, provider_id: str) -> bool:
        """Whether a person has unlinked the object from the row that it was."""
        mapping = self._of_provider_id(kind, provider_id)
        return mapping is not None and not mapping.entity_id and mapping.gone_at is None

    def notes_of(self, kind: Kind, provider_id: str) -> Json:
        """The notes of the object's mapping, {} when there is none."""
        mapping = self._of_provider_id(kind, provider_id)
        return mapping.metadata if mapping else {}

    def answered_at(self, kind: Kind, provider_id: str) -> datetime | None:
        """When the provider last answered one of FlexSync's calls about the object."""
        mapping = self._of_provider_id(kind, provider_id)
        return mapping.sent_at if mapping else None

    def recorded_at(self, kind: Kind, provider_id: str) -> datetime | None:
        """When something of the object was last recorded, by the database's clock; None where it is unknown.

        That is when the transaction began: what it recorded had happened at the provider before.
        """
        mapping = self._of_provider_id(kind, provider_id)
        return mapping.updated_at if mapping else None

    def is_gone(self, kind: Kind, provider_id: str) -> bool:
        """Whether the provider has the object no more."""
        mapping = self._of_provider_id(kind, provider_id)
        return mapping is not None and mapping.gone_at is not None

    def link(self, kind: Kind, entity_id: str, provider_id: str) -> None:
        """Maps the two to each other.

        Raises MappingConflict, or Rejected for an object that was deleted, either here or in ``write``.
        """
        wanted = self._build(kind, entity_id, provider_id)
        found = self._of_provider_id(kind, provider_id) or self._by_entity_id.get((kind, entity_id))
        if found is None:
            self._keep(wanted)
            self._new[kind, provider_id] = wanted
            self.changes += 1
        elif (found.entity_id, found.provider_entity_id) != (entity_id, provider_id):
            raise entity_mappings.conflict(found, wanted)

    def observe(self, kind: Kind, provider_id: str, created: datetime, rank: int, event_id: str) -> Freshness:
        """How new the event is to the object (see freshness.observe); remembers that it was seen.

        An event of an object without a mapping is always fresh, unless its deletion came before; nothing but
        a deletion is remembered of such an object.
        """
        mapping = self._of_provider_id(kind, provider_id)
        if mapping is None and rank >= freshness.DELETED:
            mapping = self._new[kind, provider_id] = self._keep(self._build(kind, "", provider_id))
        if mapping is None:
            return Freshness.FRESH
        found = freshness.observe(mapping, created=created, rank=rank, event_id=event_id)
        if found is not Freshness.STALE:
            if (kind, provider_id) not in self._new:
                self._seen[mapping.pk] = mapping
            self.changes += 1
        return found

    def ended(self, kind: Kind, provider_id: str) -> None:
        """Records that the row of an object which is gone has ended, too: nothing is to be decided."""
        mapping = self._of_provider_id(kind, provider_id)
        if mapping is not None and mapping.gone_at is not None:
            mapping.gone_choice = mapping.gone_choice or GoneChoice.ARCHIVE

    def annotate(self, kind: Kind, entity_id: str, facts: Json) -> None:
        """Adds facts to the notes of the mapping; raises EntityMapping.DoesNotExist when there is none."""
        mapping = self._of_entity_id(kind, entity_id)
        if mapping is None:
            raise EntityMapping.DoesNotExist(f"{kind} {entity_id} has no mapping.")
        noted = mapping.metadata
        if all(name in noted and noted[name] == facts[name] for name in facts):
            return
        self.changes += 1
        mapping.metadata = {**noted, **facts}
        if (kind, mapping.provider_entity_id) not in self._new:
            _, before = self._facts.get(mapping.pk, (mapping, {}))
            self._facts[mapping.pk] = mapping, {**before, **facts}

    def waits(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._new or self._seen or self._facts)

    def forget(self) -> None:
        """Drops all that was loaded, and what waits to be written: all of it is looked up again."""
        for remembered in (self._new, self._seen, self._facts, self._by_provider_id, self._by_entity_id):
            remembered.clear()
        self._locked.clear()

    def write(self) -> None:
        """Writes all that waits, in one order for all transactions; raises MappingConflict or Rejected."""
        if self._new:
            self._insert([self._new[key] for key in sorted(self._new)])
        if self._seen:
            entity_mappings.save_seen([self._seen[key] for key in sorted(self._seen)])
        if self._facts:
            entity_mappings.add_facts([self._facts[key] for key in sorted(self._facts)])
        for waiting in (self._new, self._seen, self._facts):
            waiting.clear()

    def _insert(self, new: list[EntityMapping]) -> None:
        try:
            with transaction.atomic():
                bulk_insert.insert(new)
        except IntegrityError:
            for wanted in new:
                entity_mappings.refuse_conflict(wanted)
            raise Retry("Another transaction linked the same object at this moment.") from None

    def _build(self, kind: Kind, entity_id: str, provider_id: str) -> EntityMapping:
        return EntityMapping(
            connection_id=self._connection_id,
            entity_type=kind,
            entity_id=entity_id,
            provider_entity_id=provider_id,
        )

    def _find(self, **columns: str) -> EntityMapping | None:
        try:
            return self._keep(EntityMapping.objects.get(connection_id=self._connection_id, **columns))
        except EntityMapping.DoesNotExist:
            return None

    def _keep(self, mapping: EntityMapping) -> EntityMapping:
        self._by_provider_id[mapping.entity_type, mapping.provider_entity_id] = mapping
        if mapping.entity_id:
            self._by_entity_id[mapping.entity_type, mapping.entity_id] = mapping
        return mapping
