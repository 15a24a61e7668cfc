"""A row beside its counterpart as the provider shows it now: fact by fact, for a person who looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.events import Kind
from integrations.gateway.slots import waits
from integrations.mappings.session import MappingSession
from integrations.models import EntityMapping, Finding
from integrations.models.outbound import Priority
from integrations.provider_api import LAST_KNOWN, Comparable, Json, Place
from integrations.reconcile.repairing import looks
from integrations.reconcile.repairing.subjects import Subject

STATUS = "status"


@dataclass(frozen=True)
class Fact:
    """One of both sides; amounts in major units as text, None where a side does not say."""

    name: str
    ours: Any
    theirs: Any

    @property
    def differs(self) -> bool:
        """Whether both sides say something, and not the same."""
        return self.theirs is not None and self.ours != self.theirs


@dataclass(frozen=True)
class SideBySide:
    """``is_gone``: the provider has it no more. ``is_mirror``: what happens there says nothing of the row."""

    asked_at: datetime
    currency: str = ""
    facts: Sequence[Fact] = ()
    is_gone: bool = False
    is_mirror: bool = False


@waits
def look(mapping: EntityMapping) -> SideBySide:
    """Makes one call, outside any transaction, and stores nothing; raises Retry, Rejected or Conflict."""
    names = ("entity_type", "entity_id", "provider_entity_id")
    pair = {name: getattr(mapping, name) for name in names}
    subject = Subject(Finding(connection=mapping.connection, **pair))
    found = looks.look(subject, Priority.PERSON)
    if found.shown is None:
        return SideBySide(found.asked_at, is_gone=True)
    return _beside(mapping, subject.comparable, found)


def _beside(mapping: EntityMapping, comparable: Comparable | None, found: looks.Look) -> SideBySide:
    if comparable is None or found.shown is None:
        return SideBySide(found.asked_at)
    there = comparable.there(found.shown)
    # Without the status, which would hide the amounts that follow from it.
    facts = {name: value for name, value in there.items() if name != STATUS}
    here = comparable.here(_place(mapping, comparable, found.shown), mapping.entity_id, facts)
    if here is None:
        return SideBySide(found.asked_at, is_mirror=True)
    shown = [
        Fact(name, here.get(name), there.get(name))
        for name in comparable.compared
        if name in {**here, **there}
    ]
    return SideBySide(found.asked_at, str(there.get("currency", "")), shown)


def _place(mapping: EntityMapping, comparable: Comparable, shown: Json) -> Place:
    session = MappingSession(mapping.connection_id)
    session.load({mapping.provider_entity_id, *comparable.refers(shown)})
    return Place(
        mapping.connection_id,
        mapping.connection.environment_id,
        session.provider_id_of,
        session.entity_id_of,
        session.notes_of(Kind(mapping.entity_type), mapping.provider_entity_id).get(LAST_KNOWN) or {},
    )
