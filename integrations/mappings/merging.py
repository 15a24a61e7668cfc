"""Merges what an observation shows of an entity into it, inside the transaction that records the observation.

docs/two_writers.md says by which rules.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from billing.events import Change, Kind, announce
from billing.persistence.unit_of_work import current_unit_of_work
from integrations.mappings import bases, conflicts, own_changes
from integrations.mappings.bases import APART, DOUBTFUL, OPEN, RETURNED, SET, UNDECIDED, base_of
from integrations.mappings.conflicts import Clash
from integrations.mappings.merge import (
    Base,
    Comparison,
    align,
    changed_there,
    compare,
    is_keyed,
    kept_parts,
    without,
)
from integrations.mappings.outcomes import Outcome
from integrations.mappings.parts import with_values
from integrations.mappings.session import MappingSession
from integrations.models import Connection
from integrations.models.connections import Owner
from integrations.provider_api import (
    LAST_KNOWN,
    Fields,
    First,
    Json,
    Mergeable,
    Place,
    Sent,
    registry,
    value_of,
)


class Evidence(Protocol):
    """What events and calls tell about a change at the provider."""

    def changed_at(self, name: str, value: Any) -> datetime | None:
        """When the field got that value there, None where the event that says so is yet to come."""

    def unanswered(self) -> Fields:
        """What calls of FlexSync's that have no answer yet set of the object, if they were carried out."""

    def wait_for_answer(self, name: str) -> None:
        """Raises Retry while it makes sense to wait for the answer to the call that sets the field."""


@dataclass(frozen=True)
class Merging:
    """One entity of ``kind`` and its counterpart."""

    connection: Connection
    session: MappingSession
    kind: Kind
    entity_id: str
    evidence: Evidence

    def begin(self, current: Json, first: First, made: Json | None = None) -> None:
        """Notes what both sides have in common from the start; see First.

        ``made``: the parameters with which FlexSync has made the provider's object.
        """
        if made is not None and self._mergeable.made:
            facts = {LAST_KNOWN: dict(self._mergeable.made(made)), APART: {}}
            self.session.annotate(self.kind, self.entity_id, facts)
            return
        if first is First.LINKED:
            return
        ours, theirs = self._ours(self._at(current)), self._mergeable.fields(current)
        _, ours, theirs = self._aligned(Base(None), ours, theirs)
        apart = {
            name: ours.get(name)
            for name in ours.keys() | theirs.keys()
            if ours.get(name) != theirs.get(name) and not self._mergeable.is_reserved(name)
        }
        facts = {LAST_KNOWN: dict(current), APART: apart if first is First.NEW else {}}
        self.session.annotate(self.kind, self.entity_id, facts)

    def observe(self, current: Json, sent: Sent | None = None) -> None:
        """Takes over what was changed at the provider, which now has ``current``.

        ``sent``: what the call set whose answer this is. Where the provider was observed since it began, the
        answer may be old: then nothing is taken over, and the next push looks first.
        """
        notes = self._notes()
        if sent is not None and (sent.is_old or sent.held != notes.get(LAST_KNOWN)):
            self._note_call(notes, sent)
            return
        found, here = self._mergeable.fields(current), replace(self._here, now=current)
        base = base_of(notes, self._mergeable, self._set_by_calls(notes, sent, found), current)
        row = self._ours(here)
        back = bases.returned(notes, row)
        base, ours, theirs = self._aligned(base, with_values(row, back, self._mergeable.part_of), found)
        compared = compare(base, ours, theirs, self._mergeable.is_reserved).with_there(back.keys())
        decided = dict.fromkeys(self._fixed(compared, current), Owner.PROVIDER)
        compared = without(compared, decided.keys())
        kept = kept_parts(compared, ours, theirs, self._mergeable.part_of)
        compared, decided = compared.with_both(kept), decided | dict.fromkeys(kept, Owner.FLEXSYNC)
        unclear = sent.values().keys() if sent is not None and not sent.is_certain else frozenset()
        outcome = self._settle(base, ours, theirs, compared, here, decided, unclear)
        if taken := compared.there | outcome.lost:
            self._put({name: theirs.get(name) for name in taken}, here, self.connection.pk)
        if taken or (sent is not None and sent.is_certain):
            # A part that the call has added has the provider's name from now on.
            row = self._ours(
                self._at(current, {name: value_of(base.theirs or {}, name) for name in outcome.undecided})
            )
        if outcome.won or self._is_to_be_sent(compared, is_first=base.theirs is None, is_news=bool(taken)):
            self._announce()
        apart = self._apart(base, row, found, compared.here | outcome.won | outcome.undecided)
        set_here = compared.here | (sent.values().keys() if sent is not None and sent.is_certain else set())
        is_open = self._close(notes, compared, set_here) | outcome.open
        by_field = {
            APART: apart,
            UNDECIDED: {name: (base.theirs or {}).get(name) for name in outcome.undecided},
            RETURNED: self._returned(notes, row, besides=taken | apart.keys()),
            OPEN: sorted(is_open),
        }
        self._note(notes, current, by_field)

    def _is_to_be_sent(self, compared: Comparison, *, is_first: bool, is_news: bool) -> bool:
        """Whether a push has something to send, or may send by now what could not be before."""
        if is_first:
            return bool(compared.here)
        return is_news and any(not self._mergeable.is_reserved(name) for name in compared.here)

    def _set_by_calls(self, notes: Json, sent: Sent | None, theirs: Fields) -> Fields:
        """What the provider has because calls have set it; of those without an answer, what it shows of them.

        Raises Retry where another change is seen of a field whose call may have been carried out before it.
        """
        calls = sent.values() if sent is not None else self._unanswered(notes, theirs)
        if sent is not None and sent.is_certain:
            return calls
        return {name: after for name, after in calls.items() if value_of(theirs, name) == after}

    def _unanswered(self, notes: Json, theirs: Fields) -> Fields:
        changed = changed_there(base_of(notes, self._mergeable), theirs) if LAST_KNOWN in notes else ()
        calls = self.evidence.unanswered() if changed else {}
        for name in sorted(calls.keys() & changed):
            if calls[name] not in (value_of(theirs, name), notes.get(SET, {}).get(name)):
                self.evidence.wait_for_answer(name)
        return calls

    def _note_call(self, notes: Json, sent: Sent) -> None:
        """Notes that a call was carried out whose answer may be older than what was observed since."""
        known = {**(bases.known(notes, self._mergeable) or {}), **notes.get(UNDECIDED, {})}
        set_now = {
            name: after
            for name, after in sent.values().items()
            if sent.is_certain and value_of(known, name) == sent.changes[name][0]
        }
        conflicts.close(self._place, set_now.keys() & notes.get(OPEN, ()), by="a later change")
        self.session.annotate(self.kind, self.entity_id, bases.after_call(notes, self._mergeable, set_now))

    def _returned(self, notes: Json, row: Fields, besides: AbstractSet[str]) -> Json:
        names = bases.returned(notes, row).keys() - besides
        return {name: notes[RETURNED][name] for name in sorted(names)}

    @property
    def _mergeable(self) -> Mergeable:
        return registry.provider(self.connection.provider).mergeables[self.kind]

    def _notes(self) -> Json:
        return self.session.notes_of(self.kind, self._place["provider_entity_id"])

    @property
    def _place(self) -> dict[str, str]:
        return {
            "connection_id": self.connection.pk,
            "entity_type": self.kind,
            "entity_id": self.entity_id,
            "provider_entity_id": self.session.provider_id_of(self.kind, self.entity_id) or "",
        }

    def _ours(self, place: Place) -> Fields:
        return self._mergeable.fields(self._mergeable.desired(place, self.entity_id))

    def _put(self, values: Fields, place: Place, origin: str | None) -> None:
        self._mergeable.put(place, self.entity_id, values, origin=origin)

    def _aligned(self, base: Base, ours: Fields, theirs: Fields) -> tuple[Base, Fields, Fields]:
        return align(base, ours, theirs, self._mergeable.part_of)

    def _at(self, current: Json, former: Fields | None = None) -> Place:
        """The place where ``current`` is what both sides have been compared with; ``former``: see Place."""
        return replace(self._here, held=current, now=current, former=former or {})

    @property
    def _here(self) -> Place:
        session = self.session
        return Place(
            self.connection.pk,
            self.connection.environment_id,
            session.provider_id_of,
            session.entity_id_of,
            self._notes().get(LAST_KNOWN) or {},
            former=self._notes().get(UNDECIDED) or {},
        )

    def _fixed(self, compared: Comparison, current: Json) -> frozenset[str]:
        """What was changed here, and can reach the provider no more."""
        mergeable, names = self._mergeable, compared.here | compared.both
        return frozenset(
            name for name in names if mergeable.is_fixed(current, name) and not mergeable.is_reserved(name)
        )

    def _settle(
        self,
        base: Base,
        ours: Fields,
        theirs: Fields,
        compared: Comparison,
        place: Place,
        decided: Mapping[str, Owner],
        unclear: AbstractSet[str],
    ) -> Outcome:
        """``unclear``: what a call may have set before the other side changed it: its event tells."""
        outcome, owner_of_kind = Outcome(), self.connection.owner_of(self.kind)
        for name in sorted(compared.both):
            owner = decided.get(name, owner_of_kind)
            values, is_first = (ours.get(name), theirs.get(name)), base.theirs is None
            clash = self._clash(name, values, owner, place, is_first=is_first, is_timed=name not in decided)
            if clash is None or name in unclear:
                outcome = replace(outcome, undecided=outcome.undecided | {name})
                continue
            outcome = outcome.with_winner(conflicts.record(self._place, owner, clash).winner, name)
        return outcome

    def _clash(
        self,
        name: str,
        values: tuple[Any, Any],
        owner: Owner,
        place: Place,
        *,
        is_first: bool,
        is_timed: bool,
    ) -> Clash | None:
        """The conflict about a field; None where the event that tells the time there is yet to come."""
        ours_at = own_changes.changed_at(self._mergeable, place, self.kind, self.entity_id, name)
        theirs_at = self.evidence.changed_at(name, values[1]) if is_timed and not is_first else None
        needs_time = is_timed and (owner is Owner.NEWEST or name in self._notes().get(UNDECIDED, {}))
        if needs_time and theirs_at is None and not is_first:
            return None
        return Clash(name, *values, None if is_first else ours_at, theirs_at, self._is_part(name))

    def _is_part(self, name: str) -> bool:
        part_of = self._mergeable.part_of
        return part_of is not None and part_of(name) == name

    def _apart(self, base: Base, ours: Fields, theirs: Fields, waiting: AbstractSet[str]) -> dict[str, Any]:
        """FlexSync's values that differ and will not be sent; a part that the provider lacks will be."""
        _, ours, theirs = self._aligned(Base(None), ours, theirs)
        part_of = self._mergeable.part_of or (lambda _name: "")
        seen = theirs.keys() | {name for name in ours if is_keyed(name)}
        apart = {
            name: ours.get(name)
            for name in seen
            if waiting.isdisjoint((name, part_of(name)))
            and ours.get(name) != theirs.get(name)
            and not (self._is_part(name) and theirs.get(name) is None)
        }
        return apart | {name: value for name, value in base.apart.items() if name not in seen}

    def _close(self, notes: Json, compared: Comparison, set_here: AbstractSet[str]) -> frozenset[str]:
        """Closes conflicts about fields that a side has changed again; returns those that are still open."""
        before = frozenset(notes.get(OPEN, ()))
        there = before & (compared.there | compared.alike)
        here = before & set_here - there
        for side, names in ((Owner.PROVIDER, there), (Owner.FLEXSYNC, here)):
            if names:
                conflicts.close(self._place, names, by="a later change", winner=side)
        return before - there - here - compared.both

    def _note(self, notes: Json, current: Json, by_field: Json) -> None:
        """What the provider has, and what is noted by field where there is or was anything."""
        facts: dict[str, Any] = {LAST_KNOWN: {**notes.get(LAST_KNOWN, {}), **current}}
        facts |= {name: values for name, values in by_field.items() if values or notes.get(name)}
        facts |= {SET: {}} if notes.get(SET) else {}
        facts |= {DOUBTFUL: False} if notes.get(DOUBTFUL) else {}
        self.session.annotate(self.kind, self.entity_id, facts)

    def _announce(self) -> None:
        """What stays here has to reach the provider."""
        change = Change(self.kind, self.entity_id, self.connection.environment_id)
        if here := current_unit_of_work():
            here.announce(change)
        else:
            announce(change)
