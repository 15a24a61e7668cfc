"""What the notes of a mapping say about both sides: what they had in common, and what has changed since."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from billing.events import Kind
from integrations.mappings import entity_mappings
from integrations.mappings.merge import Base, align, changed_here, changed_there, is_keyed
from integrations.mappings.parts import named, touched, with_values
from integrations.models import Connection
from integrations.provider_api import (
    LAST_KNOWN,
    Fields,
    Json,
    Mergeable,
    Pending,
    Place,
    registry,
    value_of,
)

# By field: what a call has set since the provider's object was last seen; the provider's former values where
# a conflict waits for its time; FlexSync's values where both sides differ and were left so.
SET, UNDECIDED, APART = "set", "undecided", "apart"
# Values of the provider's that a call had replaced unseen, and that both sides are to have: {field: [value,
# what FlexSync has of it]}.
RETURNED = "returned"
# Which fields have an open conflict; whether the provider's object is to be read before anything is sent.
OPEN, DOUBTFUL = "open", "doubtful"


NO_NAMES: Mapping[str, str] = {}
IdOf = Callable[[Kind, str], str | None]


def known(notes: Json, mergeable: Mergeable, names: Mapping[str, str] = NO_NAMES) -> Fields | None:
    """What the provider has, as far as is known; None where its object was never seen.

    ``names``: the new ones of parts made anew, by which the notes call them already.
    """
    held = notes.get(LAST_KNOWN)
    if held is None:
        return None
    return with_values(named(mergeable.fields(held), names), notes.get(SET, {}), mergeable.part_of)


def followed(notes: Json, mergeable: Mergeable, current: Json) -> tuple[Json, Mapping[str, str]]:
    """The notes by the names that parts have in ``current``, and the new names of those made anew there.

    A part that was removed at the provider and added again is the same: what is noted of it follows it.
    """
    names = mergeable.renamed(notes.get(LAST_KNOWN) or {}, current)
    if not names:
        return notes, names
    by_field = (one for one in (SET, UNDECIDED, APART, RETURNED) if notes.get(one))
    found: dict[str, Any] = {one: named(notes[one], names) for one in by_field}
    if notes.get(OPEN):
        found[OPEN] = sorted(named(dict.fromkeys(notes[OPEN]), names))
    return {**notes, **found}, names


def base_of(
    notes: Json, mergeable: Mergeable, sent: Fields | None = None, names: Mapping[str, str] = NO_NAMES
) -> Base:
    """What both sides had when they were last compared; of what a call has set, what was ``sent``."""
    there, part_of, sent = known(notes, mergeable, names), mergeable.part_of, sent or {}
    if there is None:
        return Base(None)
    theirs = with_values(there, notes.get(UNDECIDED, {}), part_of)
    return Base(with_values(theirs, sent, part_of), _apart(notes, mergeable, sent))


def _apart(notes: Json, mergeable: Mergeable, sent: Fields) -> Fields:
    return _besides(notes.get(APART, {}), sent, mergeable)


def _besides(values: Fields, sent: Fields, mergeable: Mergeable) -> dict[str, Any]:
    over = touched(values, sent, mergeable.part_of)
    return {name: value for name, value in values.items() if name not in over}


def after_call(notes: Json, mergeable: Mergeable, sent: Fields) -> Json:
    """The notes where a call has set these fields, and the object is to be read before the next one."""
    is_open = dict.fromkeys(notes.get(OPEN, ()))
    return {
        SET: {**notes.get(SET, {}), **sent},
        APART: _apart(notes, mergeable, sent),
        UNDECIDED: _besides(notes.get(UNDECIDED, {}), sent, mergeable),
        OPEN: sorted(_besides(is_open, sent, mergeable)),
        DOUBTFUL: True,
    }


def returned(notes: Json, ours: Fields) -> dict[str, Any]:
    """The values that go back to the provider, or went, by field; none that was changed here since."""
    pairs = notes.get(RETURNED, {}).items()
    return {name: theirs for name, (theirs, kept) in pairs if value_of(ours, name) == kept}


def place_of(connection: Connection, notes: Json, provider_id_of: IdOf | None = None) -> Place:
    """The connection, with the counterparts that are stored, or those that ``provider_id_of`` knows."""
    stored = partial(entity_mappings.provider_id_of, connection.pk)
    entity_id_of = partial(entity_mappings.entity_id_of, connection.pk)
    held = notes.get(LAST_KNOWN) or {}
    return Place(
        connection.pk,
        connection.environment_id,
        provider_id_of or stored,
        entity_id_of,
        held,
        former=notes.get(UNDECIDED) or {},
    )


def pending(connection: Connection, kind: Kind, entity_id: str, notes: Json, provider_id_of: IdOf) -> Pending:
    """What was changed here since both sides were compared, by the ``notes`` of the mapping.

    Not where it waits for the time of the other side's change: that may be the later one.
    """
    mergeable = registry.provider(connection.provider).mergeables[kind]
    ours = mergeable.fields(mergeable.desired(place_of(connection, notes, provider_id_of), entity_id))
    ours = with_values(ours, returned(notes, ours), mergeable.part_of)
    base, ours, _ = align(base_of(notes, mergeable), ours, None, mergeable.part_of)
    changed = changed_here(base, ours)
    changed -= touched(changed, notes.get(UNDECIDED, {}), mergeable.part_of)
    return Pending(
        changed={name: ours.get(name) for name in sorted(changed)},
        known=base.theirs or {},
        held=notes.get(LAST_KNOWN),
        is_doubtful=base.theirs is None or bool(notes.get(DOUBTFUL)),
    )


def differs(notes: Json, current: Json, mergeable: Mergeable) -> bool:
    """Whether ``current`` shows anything that is not known of the provider's object."""
    there = known(notes, mergeable)
    return there is None or bool(changed_there(Base(there), mergeable.fields(current)))


def shows(connection: Connection, kind: Kind, notes: Json, changes: Mapping[str, tuple[Any, Any]]) -> bool:
    """Whether what is known of the provider's object has all that a call with these ``changes`` has set."""
    there = known(notes, registry.provider(connection.provider).mergeables[kind]) or {}
    pairs = [(value_of(there, name), after) for name, (before, after) in changes.items() if before != after]
    return bool(pairs) and all(now == after for now, after in pairs)


def is_news(notes: Json, answer: Json, mergeable: Mergeable) -> bool:
    """Whether the provider's object, as an ``answer`` shows it, is another than was known, field by field."""
    there = known(notes, mergeable)
    if there is None:
        return False
    changed = changed_there(Base(there), mergeable.fields(mergeable.current({"data": {"object": answer}})))
    return any(name in there or is_keyed(name) for name in changed)
