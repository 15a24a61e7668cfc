"""Merges what an observation shows of an entity into it, inside the transaction that records the observation.

docs/two_writers.md says by which rules.
"""

from dataclasses import dataclass, replace

from integrations.mappings import beginnings, clashes, conflicts, new_notes, set_by_calls
from integrations.mappings.bases import base_of, followed
from integrations.mappings.compared import Compared, compared
from integrations.mappings.counterparts import Counterparts
from integrations.mappings.evidence import Evidence
from integrations.mappings.outcomes import Outcome
from integrations.mappings.parts import named
from integrations.provider_api import LAST_KNOWN, Fields, First, Json, Sent, value_of


@dataclass(frozen=True)
class Merging:
    """Merges what is seen of the counterpart of an entity."""

    pair: Counterparts
    evidence: Evidence

    def begin(self, current: Json, first: First, made: Json | None = None) -> None:
        """Compares the two for the first time; see beginnings.begin."""
        if beginnings.begin(self.pair, current, first, made):
            self.observe(current)

    def observe(self, current: Json, sent: Sent | None = None) -> None:
        """Takes over what was changed at the provider, which now has ``current``.

        ``sent``: what the call set whose answer this is. Where the provider was observed since it began, the
        answer may be old: then nothing is taken over, and the next push looks first.
        """
        notes = self.pair.notes
        if sent is not None and (sent.is_old or sent.held != notes.get(LAST_KNOWN)):
            set_by_calls.note(self.pair, notes, sent)
        else:
            self._merge(current, sent)

    def _merge(self, current: Json, sent: Sent | None) -> None:
        notes, names = followed(self.pair.notes, self.pair.mergeable, current)
        if names:
            conflicts.rename(self.pair.names, names)
        here = replace(self.pair.place(notes), now=current)
        calls = set_by_calls.shown(self.pair, self.evidence, notes, names, sent, current)
        base = base_of(notes, self.pair.mergeable, calls, names)
        found = compared(self.pair, notes, current, self.pair.ours(here), base)
        unclear = named(sent.values(), names).keys() if sent and not sent.is_certain else frozenset()
        outcome = clashes.settle(self.pair, self.evidence, found, here, unclear)
        if taken := {name: found.theirs.get(name) for name in found.changes.there | outcome.lost}:
            self.pair.put(taken, here, self.pair.connection.pk)
        if outcome.won or self._is_to_be_sent(found, is_news=bool(taken)):
            self.pair.announce()
        set_now = set_by_calls.news(notes, calls) if sent and sent.is_certain else frozenset()
        row = self._row(current, found, outcome) if taken or (sent and sent.is_certain) else found.row
        new_notes.write(self.pair, notes, current, found, outcome, row, set_now)

    def _row(self, current: Json, found: Compared, outcome: Outcome) -> Fields:
        """What the entity has since; a part that a call has added has the provider's name from now on."""
        former = {name: value_of(found.base.theirs or {}, name) for name in outcome.undecided}
        return self.pair.ours(self.pair.place_at(current, former))

    def _is_to_be_sent(self, found: Compared, *, is_news: bool) -> bool:
        """Whether a push has something to send, or may send by now what could not be before."""
        if found.base.theirs is None:
            return bool(found.changes.here)
        return is_news and any(not self.pair.mergeable.is_reserved(name) for name in found.changes.here)
