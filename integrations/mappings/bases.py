"""What the notes of a mapping say about both sides: what they had in common, and what has changed since."""

from collections.abc import Callable
from functools import partial
from typing import Any

from billing.events import Kind
from integrations.mappings import entity_mappings
from integrations.mappings.merge import Base, align, changed_here, changed_there
from integrations.mappings.parts import with_values
from integrations.models import Connection
from integrations.provider_api import (
    LAST_KNOWN,
    Fields,
    Json,
    Mergeable,
    Pending,
    Place,
    Sent,
    registry,
    value_of,
)

# The notes of a mapping: FlexSync's values where both sides differ and were left so; the provider's former
# values of fields whose conflict waits for its time; whether its object is to be read before anything is
# sent.
APART, UNDECIDED, DOUBTFUL = "apart", "undecided", "doubtful"

IdOf = Callable[[Kind, str], str | None]


def base_of(notes: Json, mergeable: Mergeable, sent: Fields | None = None) -> Base:
    """What both sides had when they were last compared; of what a call has set, what was ``sent``."""
    held, part_of = notes.get(LAST_KNOWN), mergeable.part_of
    if held is None:
        return Base(None)
    sent = sent or {}
    theirs = with_values(mergeable.fields(held), notes.get(UNDECIDED, {}), part_of)
    apart = {
        name: value
        for name, value in notes.get(APART, {}).items()
        if name not in sent and (part_of is None or part_of(name) not in sent)
    }
    return Base(with_values(theirs, sent, part_of), apart)


def set_by(sent: Sent | None, theirs: Fields) -> dict[str, Any]:
    """What the provider has because a call has set it; of calls without an answer, what it shows of them."""
    if sent is None:
        return {}
    set_values = {name: after for name, (_, after) in sent.changes.items()}
    return {
        name: after
        for name, after in set_values.items()
        if sent.is_certain or value_of(theirs, name) == after
    }


def place_of(connection: Connection, notes: Json, provider_id_of: IdOf | None = None) -> Place:
    """The connection, with the counterparts that are stored, or those that ``provider_id_of`` knows."""
    stored = partial(entity_mappings.provider_id_of, connection.pk)
    entity_id_of = partial(entity_mappings.entity_id_of, connection.pk)
    held = notes.get(LAST_KNOWN) or {}
    return Place(connection.pk, connection.environment_id, provider_id_of or stored, entity_id_of, held)


def pending(connection: Connection, kind: Kind, entity_id: str, notes: Json, provider_id_of: IdOf) -> Pending:
    """What was changed here since both sides were compared, by the ``notes`` of the mapping."""
    mergeable = registry.provider(connection.provider).mergeables[kind]
    ours = mergeable.fields(mergeable.desired(place_of(connection, notes, provider_id_of), entity_id))
    base, ours, _ = align(base_of(notes, mergeable), ours, None, mergeable.part_of)
    return Pending(
        changed={name: ours.get(name) for name in sorted(changed_here(base, ours))},
        known=base.theirs or {},
        held=notes.get(LAST_KNOWN),
        is_doubtful=base.theirs is None or bool(notes.get(DOUBTFUL)),
    )


def differs(notes: Json, current: Json, mergeable: Mergeable) -> bool:
    """Whether ``current`` shows anything that is not known of the provider's object."""
    held = notes.get(LAST_KNOWN)
    return held is None or bool(changed_there(Base(mergeable.fields(held)), mergeable.fields(current)))
