"""Brings back, or writes down, what FlexSync's calls have replaced at the provider without having seen it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.mappings import bases, conflicts, own_changes, set_by_calls
from integrations.mappings.bases import APART, OPEN, RETURNED
from integrations.mappings.conflicts import Clash
from integrations.mappings.merging import Merging
from integrations.models.connections import Owner
from integrations.provider_api import Fields, Sent, value_of

# What calls have set: field -> (what the provider was believed to have, what it got).
Changes = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Replaced:
    """``values``: what the object had by field when a call with that ``key``, begun ``since``, set them.

    ``calls``: what that call has set, and what FlexSync's later ones have, in their order. ``is_answered``:
    whether FlexSync has got the answer to it, or has seen there what it had set. ``chosen_at``: when a person
    has chosen that, even if it was what the provider was believed to have; None for a push.
    ``is_set_back``: the values are those from before the call.
    """

    key: str
    values: Fields
    calls: Sequence[Changes]
    since: datetime
    is_answered: bool
    chosen_at: datetime | None = None
    is_set_back: bool = False

    def changes(self) -> Mapping[str, tuple[Any, Any]]:
        """What the call has set."""
        return {name: (before, after) for name, (before, after) in self.calls[0].items()}

    def unseen(self) -> Fields:
        """Those that the call did not know of."""
        changes = self.calls[0]
        return {
            name: value for name, value in self.values.items() if value not in changes.get(name, (value,))
        }

    def has_set(self, name: str) -> bool:
        """Whether the call has changed the field, instead of sending it along as it was."""
        before, after = self.calls[0][name]
        return self.chosen_at is not None or before != after

    def was_set_since(self, name: str) -> bool:
        """Whether the call, or a later one, has changed it; what later ones have replaced is no sign."""
        own = self.own(name)
        return self.has_set(name) or any(one != own[0] for one in own)

    def own(self, name: str) -> list[Any]:
        """What the calls have set the field to."""
        return [changes[name][1] for changes in self.calls if name in changes]

    def has_gone_back(self, name: str) -> bool:
        """Whether a later call has given the provider its value again."""
        later = (changes[name] for changes in self.calls[1:] if name in changes)
        return any(after == self.values[name] for _, after in later)

    def is_past(self, name: str, known: Any) -> bool:
        """Whether another has changed the field again since: ``known`` is what the provider has by now."""
        now = self.calls[0][name][1]
        for changes in self.calls[1:]:
            if name in changes:
                before, after = changes[name]
                if before != now:
                    return True
                now = after
        return bool(now != known)


class Restoring(Merging):
    """A merge with what is not to be seen at the provider any more."""

    def restore(self, replaced: Replaced) -> None:
        """Settles each value as a conflict with FlexSync's; the provider's own goes back by a push."""
        if not replaced.is_answered:
            set_by_calls.note(self.pair, self.pair.notes, Sent(replaced.changes(), None))
        known = bases.known(self.pair.notes, self.pair.mergeable) or {}
        ours = self.pair.ours(self.pair.here)
        back: dict[str, Any] = {}
        for name, theirs in sorted(replaced.unseen().items()):
            is_recorded = conflicts.is_recorded(
                self.pair.names, name, theirs, replaced_by=replaced.key, since=replaced.since
            )
            if not (is_recorded or replaced.has_gone_back(name)):
                is_past = self._is_past(name, value_of(known, name), replaced)
                if self._goes_back(name, theirs, value_of(ours, name), replaced, is_past=is_past):
                    back[name] = theirs
        if back:
            self._give_back(back)

    def _is_past(self, name: str, known: Any, replaced: Replaced) -> bool:
        """Whether another has changed the field again since; ``known`` is what the provider has by now."""
        if replaced.is_set_back:
            return replaced.is_past(name, known)
        own = replaced.own(name)
        if replaced.is_past(name, known) or self.evidence.is_changed_since(name, own):
            return True
        # Where no later call has set it, too, what the provider has by now has told.
        return len(own) > 1 and replaced.has_set(name) and self.evidence.is_anothers_last(name)

    def _give_back(self, values: Fields) -> None:
        """As a change made here, of what can be held here too: the provider no longer has these values."""
        conflicts.close(self.pair.names, values, by="a later change", winner=Owner.PROVIDER)
        self.pair.put(values, self.pair.here, None)
        row = self.pair.ours(self.pair.here)
        # A whole part that was deleted there gets another name with its next call.
        pairs = {
            name: [one, value_of(row, name)] for name, one in values.items() if not self.pair.is_part(name)
        }
        notes = self.pair.notes
        apart = {name: value for name, value in notes.get(APART, {}).items() if name not in values}
        is_open = [name for name in notes.get(OPEN, ()) if name not in values]
        facts = {APART: apart, OPEN: is_open, RETURNED: {**notes.get(RETURNED, {}), **pairs}}
        self.pair.annotate(facts)
        self.pair.announce()

    def _goes_back(self, name: str, theirs: Any, ours: Any, replaced: Replaced, *, is_past: bool) -> bool:
        """Whether the provider's value is the one that stays; writes the conflict down, if it is one."""
        base = bases.base_of(self.pair.notes, self.pair.mergeable)
        is_kept = not replaced.was_set_since(name) and ours == base.ours(name)
        if is_past:
            if replaced.has_set(name):
                clash = Clash(
                    name, replaced.calls[0][name][1], theirs, None, self.evidence.changed_at(name, theirs)
                )
                self._record(clash, replaced, stays=Owner.FLEXSYNC)
            return False
        if is_kept or name in bases.returned(self.pair.notes, {name: ours}):
            return True
        if ours == theirs:
            return False
        changed_at = own_changes.changed_at(
            self.pair.mergeable, self.pair.here, self.pair.kind, self.pair.entity_id, name
        )
        ours_at = max(filter(None, (changed_at, replaced.chosen_at)), default=None)
        theirs_at = self.evidence.changed_at(name, theirs)
        clash = Clash(name, ours, theirs, ours_at, theirs_at, self.pair.is_part(name))
        winner = self._record(clash, replaced)
        if not winner:
            is_open = {*self.pair.notes.get(OPEN, ()), name}
            self.pair.annotate({OPEN: sorted(is_open)})
        return winner == Owner.PROVIDER

    def _record(self, clash: Clash, replaced: Replaced, *, stays: Owner | None = None) -> str:
        owner = self.pair.connection.owner_of(self.pair.kind)
        return conflicts.record(self.pair.names, owner, clash, stays=stays, replaced_by=replaced.key).winner
