"""Parts that were removed at the provider and added again there: what is noted of them follows them."""

from collections.abc import Mapping
from typing import Any

from integrations.mappings import conflicts
from integrations.mappings.bases import APART, OPEN, RETURNED, SET, UNDECIDED
from integrations.mappings.counterparts import Counterparts
from integrations.mappings.parts import named
from integrations.provider_api import LAST_KNOWN, Json

_BY_FIELD = (SET, UNDECIDED, APART, RETURNED)


def followed(pair: Counterparts, current: Json) -> tuple[Json, Mapping[str, str]]:
    """The notes, all by the names that the parts have in ``current``, and the new names of those made anew.

    So are the conflicts about them.
    """
    notes = pair.notes
    names = pair.mergeable.renamed(notes.get(LAST_KNOWN) or {}, current)
    if not names:
        return notes, names
    found: dict[str, Any] = {one: named(notes[one], names) for one in _BY_FIELD if notes.get(one)}
    if notes.get(OPEN):
        found[OPEN] = sorted(named(dict.fromkeys(notes[OPEN]), names))
    conflicts.rename(pair.names, names)
    return {**notes, **found}, names
