"""Compares objects that a list has shown with the rows here that are their counterparts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from billing.persistence.unit_of_work import Prefetch, unit_of_work
from integrations.errors import SyncError
from integrations.mappings.session import MappingSession
from integrations.models import Connection
from integrations.models.findings import FindingKind, Repair
from integrations.provider_api import (
    CURRENCY,
    LAST_KNOWN,
    Comparable,
    Facts,
    Json,
    Mergeable,
    Place,
    registry,
)
from integrations.reconcile.comparing import fields
from integrations.reconcile.comparing.differences import LONGEST_LABEL, Difference, allowed, at_stake

ONLY_THERE = "It is not here, though it should be: take it."


@dataclass(frozen=True)
class Sides:
    """The connection, and what is compared of both sides of it."""

    connection: Connection
    comparable: Comparable

    def compare(self, objects: Sequence[Json]) -> dict[str, list[Difference]]:
        """By the provider's ids of those objects, in a few statements for all of them together."""
        session = MappingSession(self.connection.pk)
        own = [str(one["id"]) for one in objects]
        named = {*own, *(name for one in objects for name in self.comparable.refers(one))}
        session.load(named, locked=named)
        rows = session.entity_ids(self.comparable.kind, set(own))
        with unit_of_work(self.connection.environment_id, Prefetch(naming={self.comparable.kind: rows})):
            return {str(one["id"]): list(self._of(session, one)) for one in objects}

    def _of(self, session: MappingSession, provider_object: Json) -> Iterator[Difference]:
        provider_id, kind = str(provider_object["id"]), self.comparable.kind
        if session.is_gone(kind, provider_id) or session.is_unlinked(kind, provider_id):
            return
        entity_id = session.entity_id_of(kind, provider_id)
        pair = Difference(
            FindingKind.DIFFERS,
            entity_id or "",
            provider_id,
            label=self.comparable.label(provider_object)[:LONGEST_LABEL],
        )
        try:
            if entity_id is None:
                yield from self._only_there(pair, provider_object)
            else:
                yield from self._both(session, pair, provider_object)
        except SyncError:
            # What cannot be read cannot be compared: an import says why.
            return

    def _only_there(self, pair: Difference, provider_object: Json) -> Iterator[Difference]:
        switch = self.comparable.inbound
        if switch and not getattr(self.connection, switch):
            return
        if self.comparable.is_wanted(self.connection.environment_id, provider_object):
            facts = self.comparable.there(provider_object)
            missing = replace(
                pair, kind=FindingKind.ONLY_THERE, theirs=dict(facts), suggested=Repair.TAKE, why=ONLY_THERE
            )
            yield at_stake(missing, facts, facts.get(self.comparable.worth))

    def _both(self, session: MappingSession, pair: Difference, provider_object: Json) -> Iterator[Difference]:
        kind = self.comparable.kind
        notes = session.notes_of(kind, pair.provider_entity_id)
        place = self._place(session, notes)
        there = self.comparable.there(provider_object)
        here = self.comparable.here(place, pair.entity_id, there)
        if here is None:
            return
        yield from self._facts(pair, here, there)
        if self._mergeable is None:
            return
        current = self.comparable.current(place, pair.entity_id, provider_object)
        if current is None:
            current = self._mergeable.current({"data": {"object": provider_object}})
        place, owner = replace(place, now=current), self.connection.owner_of(kind)
        for one in fields.differing(self._mergeable, place, pair.entity_id, notes, current, owner):
            repair = allowed(self.connection, self.comparable, one.repair)
            found = replace(pair, field=one.field, ours=one.ours, theirs=one.theirs, why=one.why)
            yield replace(found, suggested=repair)

    def _facts(self, pair: Difference, here: Facts, there: Facts) -> Iterator[Difference]:
        for name in sorted(there.keys() - {CURRENCY}):
            ours, theirs = here.get(name), there[name]
            if ours == theirs:
                continue
            repair = self.comparable.repair(name, ours, theirs)
            found = replace(
                pair, field=name, ours=ours, theirs=theirs, suggested=repair, why=_why(name, repair)
            )
            if name in self.comparable.amounts:
                yield at_stake(found, there, abs(Decimal(ours or 0) - Decimal(theirs or 0)))
            else:
                yield at_stake(found, there, there.get(self.comparable.worth))

    def _place(self, session: MappingSession, notes: Json) -> Place:
        return Place(
            self.connection.pk,
            self.connection.environment_id,
            session.provider_id_of,
            session.entity_id_of,
            notes.get(LAST_KNOWN) or {},
        )

    @cached_property
    def _mergeable(self) -> Mergeable | None:
        return registry.provider(self.connection.provider).mergeables.get(self.comparable.kind)


def _why(name: str, repair: str) -> str:
    what = f"The {name.replace('_', ' ')} differs"
    if repair == Repair.TAKE:
        return f"{what}: what the provider says of it has not come here. Take it."
    if repair == Repair.PUSH:
        return f"{what}: what happened here has not reached the provider. Push it."
    return f"{what}, and neither side can simply follow the other: look at both."
