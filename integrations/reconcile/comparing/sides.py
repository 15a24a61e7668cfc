"""Compares objects that a list has shown with the rows here that are their counterparts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from billing.persistence.prefetch import Prefetch
from billing.persistence.tables import MODELS
from billing.persistence.unit_of_work import unit_of_work
from billing.services.find import find
from integrations.errors import SyncError
from integrations.mappings.session import MappingSession
from integrations.models import Connection, ImportRun
from integrations.models.findings import FindingKind
from integrations.models.imports import ImportState
from integrations.provider_api import (
    LAST_KNOWN,
    Comparable,
    Json,
    Mergeable,
    Place,
    registry,
)
from integrations.reconcile.comparing import reasons
from integrations.reconcile.comparing.differences import LACKING, LONGEST_LABEL, Difference, Judge
from integrations.reconcile.comparing.fields import Differing, differing


@dataclass(frozen=True)
class Sides:
    """The connection, and what is compared of both sides of it.

    ``is_strict``: what cannot be read is raised, not left out.
    """

    connection: Connection
    comparable: Comparable
    is_strict: bool = False

    def compare(self, objects: Sequence[Json]) -> dict[str, list[Difference]]:
        """By the provider's ids of those objects, in a few statements for all of them together."""
        session = MappingSession(self.connection.pk)
        own = [str(one["id"]) for one in objects]
        named = {*own, *(name for one in objects for name in self.comparable.refers(one))}
        session.load(named, locked=named)
        rows = {kind: session.entity_ids(kind, named) for kind in MODELS}
        with unit_of_work(self.connection.environment_id, Prefetch(naming=rows)):
            wanted = self._wanted(session, objects)
            return {str(one["id"]): list(self._of(session, one, wanted)) for one in objects}

    def _wanted(self, session: MappingSession, objects: Sequence[Json]) -> set[str]:
        """Which of those are to be here that are not."""
        kind, switch = self.comparable.kind, self.comparable.inbound
        missing = [
            one
            for one in objects
            if session.entity_id_of(kind, str(one["id"])) is None and not self._is_left_out(one)
        ]
        if not missing or (switch and not getattr(self.connection, switch)):
            return set()
        return {str(one["id"]) for one in self.comparable.wanted(self.connection, missing)}

    def _is_left_out(self, provider_object: Json) -> bool:
        """Whether it is older than all that was to be brought here."""
        made_at = self.comparable.dated(provider_object)
        return made_at is not None and self._imported_since is not None and made_at < self._imported_since

    @cached_property
    def _imported_since(self) -> datetime | None:
        runs = ImportRun.objects.filter(connection=self.connection, state=ImportState.DONE, dry_run=False)
        dates = list(runs.order_by().values_list("since", flat=True))
        return None if None in dates else min(filter(None, dates), default=None)

    def _of(self, session: MappingSession, provider_object: Json, wanted: set[str]) -> Iterator[Difference]:
        provider_id, kind = str(provider_object["id"]), self.comparable.kind
        if session.is_gone(kind, provider_id) or session.is_unlinked(kind, provider_id):
            return
        entity_id = session.entity_id_of(kind, provider_id)
        pair = Difference(
            FindingKind.DIFFERS,
            entity_id or "",
            provider_id,
            label=self.comparable.label(self._place(session, {}), provider_object)[:LONGEST_LABEL],
        )
        try:
            if entity_id is not None:
                yield from self._both(session, pair, provider_object)
            elif provider_id in wanted:
                place = self._place(session, {})
                debt = self.comparable.debt(place, "", provider_object)
                yield self._only_there(replace(pair, debt=debt), provider_object)
        except SyncError:
            # What cannot be read cannot be compared: an import says why.
            if self.is_strict:
                raise

    def _only_there(self, pair: Difference, provider_object: Json) -> Difference:
        facts = self.comparable.there(provider_object)
        take, why = LACKING[FindingKind.ONLY_THERE]
        missing = replace(pair, kind=FindingKind.ONLY_THERE, theirs=dict(facts), why=why)
        return Judge(self.connection, self.comparable, {}, facts).of(missing, take)

    def _both(self, session: MappingSession, pair: Difference, provider_object: Json) -> Iterator[Difference]:
        kind = self.comparable.kind
        if not find(MODELS[kind], self.connection.environment_id, [pair.entity_id]):
            return
        notes = session.notes_of(kind, pair.provider_entity_id)
        place = self._place(session, notes)
        there = self.comparable.there(provider_object)
        here = self.comparable.here(place, pair.entity_id, there)
        if here is None:
            return
        pair = replace(pair, debt=self.comparable.debt(place, pair.entity_id, provider_object))
        judge = Judge(self.connection, self.comparable, here, there)
        for name in self.comparable.compared:
            if name in there and here.get(name) != there[name]:
                found = judge.of(replace(pair, field=name, ours=here.get(name), theirs=there[name]))
                yield replace(found, why=reasons.of(name, found.suggested))
        for one in self._fields(place, notes, pair.entity_id, provider_object):
            found = replace(pair, field=one.field, ours=one.ours, theirs=one.theirs, why=one.why)
            yield judge.of(found, one.repair)

    def _fields(
        self, place: Place, notes: Json, entity_id: str, provider_object: Json
    ) -> Iterator[Differing]:
        """Of what both sides edit."""
        mergeable, comparable = self._mergeable, self.comparable
        if mergeable is None:
            return
        current = comparable.current(place, entity_id, provider_object)
        if current is None:
            current = mergeable.current({"data": {"object": provider_object}})
        place, owner = replace(place, now=current), self.connection.owner_of(comparable.kind)
        yield from differing(mergeable, place, entity_id, notes, current, owner)

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
