"""What is noted of both sides after a merge: what they have in common by now, and what is still apart."""

from collections.abc import Set as AbstractSet
from typing import Any

from integrations.mappings import bases, conflicts
from integrations.mappings.bases import APART, DOUBTFUL, OPEN, RETURNED, SET, UNDECIDED
from integrations.mappings.compared import Compared
from integrations.mappings.counterparts import Counterparts
from integrations.mappings.merge import Base, is_keyed
from integrations.mappings.outcomes import Outcome
from integrations.models.connections import Owner
from integrations.provider_api import LAST_KNOWN, Fields, Json


def write(
    pair: Counterparts,
    notes: Json,
    current: Json,
    found: Compared,
    outcome: Outcome,
    row: Fields,
    sent: AbstractSet[str],
) -> None:
    """``current``: what the provider has, ``row``: what the entity has since; ``sent``: what a call has set.

    By field only where there is or was anything.
    """
    changes, before = found.changes, found.base.theirs or {}
    apart = _apart(pair, found, row, changes.here | outcome.won | outcome.undecided)
    is_settled = changes.there | outcome.lost | apart.keys()
    by_field = {
        APART: apart,
        UNDECIDED: {name: before.get(name) for name in outcome.undecided},
        RETURNED: _returned(notes, row, besides=is_settled),
        OPEN: sorted(_close(pair, notes, found, changes.here | sent) | outcome.open),
    }
    facts: dict[str, Any] = {LAST_KNOWN: {**notes.get(LAST_KNOWN, {}), **current}}
    facts |= {name: values for name, values in by_field.items() if values or notes.get(name)}
    facts |= {SET: {}} if notes.get(SET) else {}
    facts |= {DOUBTFUL: False} if notes.get(DOUBTFUL) else {}
    pair.annotate(facts)


def _returned(notes: Json, row: Fields, besides: AbstractSet[str]) -> Json:
    names = bases.returned(notes, row).keys() - besides
    return {name: notes[RETURNED][name] for name in sorted(names)}


def _apart(pair: Counterparts, found: Compared, row: Fields, waiting: AbstractSet[str]) -> dict[str, Any]:
    """FlexSync's values that differ and will not be sent; a part that the provider lacks will be.

    Of a part that neither has any more nothing is apart.
    """
    _, ours, theirs = pair.aligned(Base(None), row, found.shown)
    seen = theirs.keys() | {name for name in ours if is_keyed(name)}
    apart = {
        name: ours.get(name)
        for name in seen
        if waiting.isdisjoint((name, pair.part_of(name)))
        and ours.get(name) != theirs.get(name)
        and not (pair.is_part(name) and theirs.get(name) is None)
    }
    before = found.base.apart.items()
    return apart | {name: value for name, value in before if name not in seen and not is_keyed(name)}


def _close(pair: Counterparts, notes: Json, found: Compared, set_here: AbstractSet[str]) -> frozenset[str]:
    """Closes conflicts about fields that a side has changed again; returns those that are still open.

    What FlexSync had when the conflict was seen, and sends later, is no later change.
    """
    before, changes = frozenset(notes.get(OPEN, ())), found.changes
    there = pair.touched(before, changes.there | changes.alike)
    here = pair.touched(before, set_here | changes.both) - there - changes.both
    here -= conflicts.know_of(pair.names, {name: found.ours.get(name) for name in here})
    for side, names in ((Owner.PROVIDER, there), (Owner.FLEXSYNC, here)):
        if names:
            conflicts.close(pair.names, names, by="a later change", winner=side)
    return before - there - here - changes.both
