"""How an entity and its counterpart at the provider are compared and changed, field by field."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from billing.events import Kind
from integrations.provider_api.gateway import Json

# Values by field: "phone", "address.city", "metadata.color". No field and None are the same.
Fields = Mapping[str, Any]
# Under which name the notes of a mapping keep what the provider was last seen to have, by its parameters.
LAST_KNOWN = "held"
# And what could not be sent of the entity: {field: [FlexSync's value, the provider's by then, why]}.
UNSENT = "unsent"
# Objects whose parts come and go: one that is missing was removed, not left out.
KEYED = ("metadata", "items")


def flat(params: Json) -> dict[str, Any]:
    """The parameters of a call as fields: those inside an object are named after it."""
    found: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{part}": inner for part, inner in value.items()}
        else:
            found[name] = value
    return found


def nested(fields: Fields) -> dict[str, Any]:
    """Fields as the parameters of a call."""
    found: dict[str, Any] = {}
    for path, value in fields.items():
        name, _, part = path.partition(".")
        if part:
            found.setdefault(name, {})[part] = value
        else:
            found[name] = value
    return found


def value_of(fields: Fields, name: str) -> Any:
    """The value of a field, or a whole part: its own fields by their names inside it, None for no part."""
    if name in fields:
        return fields[name]
    inside = f"{name}."
    found = {other.removeprefix(inside): value for other, value in fields.items() if other.startswith(inside)}
    return {other: value for other, value in found.items() if value is not None} or None


@dataclass(frozen=True)
class Sent:
    """What a call sets: field -> (what the provider was believed to have, what it gets).

    ``held``: all that was known of its object when the call began. ``is_certain``: the call was carried out,
    which is not known of those whose answers were lost. ``is_old``: others may have changed the object since,
    because it is the repetition of a call that may have been carried out before.
    """

    changes: Mapping[str, tuple[Any, Any]]
    held: Json | None
    is_certain: bool = True
    is_old: bool = False

    def values(self) -> Fields:
        """What it changes; the rest only goes along, because the provider sets some objects whole."""
        return {name: after for name, (before, after) in self.changes.items() if before != after}


@dataclass(frozen=True)
class Pending:
    """What a push has to send: ``changed`` here since both sides were last compared, over ``known`` there.

    ``held``: all that is known of the provider's object, as noted. ``is_doubtful``: it is to be read first,
    because an answer was lost, or was old when it came. ``unanswered``: what calls set whose answers will not
    come any more.
    """

    changed: Fields
    known: Fields
    held: Json | None
    is_doubtful: bool
    unanswered: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where an entity and its counterpart meet: one connection, and what is known there.

    ``provider_id_of``(kind, FlexSync's id), ``entity_id_of``(kind, the provider's id): the counterparts of
    other rows and objects, None for none. ``held``: what is known of the entity's own counterpart, ``now``:
    what it has, where that was just seen. ``former``: what it had of the fields that are undecided.
    """

    connection_id: str
    environment_id: str
    provider_id_of: Callable[[Kind, str], str | None]
    entity_id_of: Callable[[Kind, str], str | None]
    held: Json
    now: Json | None = None
    former: Fields = field(default_factory=dict)


class Put(Protocol):
    """Gives an entity values of the provider's; what cannot be held here is left out, and stays as it is."""

    def __call__(self, place: Place, entity_id: str, values: Fields, *, origin: str | None) -> object: ...


@dataclass(frozen=True, kw_only=True)
class Mergeable:
    """One kind of entity that is edited on both sides.

    ``desired``(place, entity id) -> the parameters that the counterpart should have. ``put``: see Put.
    ``replaced``(payload of an event) -> the values that its change replaced, by field.
    ``current``(payload of an event) -> the parameters that the counterpart had by then.
    ``made``(parameters of the call that made it, the parameters that it has by now) -> those that the
    counterpart had from then on.
    ``is_reserved``(field): only FlexSync writes it, and what it means is not merged.
    ``column``(field) -> its name in the row's ``changed_at``. ``fields``: parameters as fields.
    ``part_of``(field) -> the part that the field belongs to, such as "items.si_1", "" where to none: parts
    that come and go are compared field by field while both sides have them, as a whole otherwise.
    ``renamed``(what was known of the counterpart, what it has now) -> the new names of parts made anew there.
    ``columns``(place, entity id, field) -> the names in ``changed_at`` of which the latest counts, where
    ``column`` cannot tell.
    ``is_fixed``(current, field) -> whether the provider lets nobody change the field any more: what was
    changed here of it is taken back, and written down.
    ``unheld``(field, the provider's value) -> why it cannot be held here, "" where it can.
    ``unsendable``(what changed here, what is known there by field, and as it was last seen) -> why it cannot
    be sent, by field. ``is_same``(field, value here, value there) -> whether they say the same in another
    spelling: then each side keeps its own. ``times``: the fields that are times, in seconds since 1970.
    ``shows``(answer to a call) -> whether it shows the counterpart: not one that says that it was deleted.
    """

    desired: Callable[[Place, str], Json]
    put: Put
    replaced: Callable[[Json], Fields]
    current: Callable[[Json], Json]
    made: Callable[[Json, Json], Json]
    is_reserved: Callable[[str], bool] = lambda _field: False
    column: Callable[[str], str] = lambda field: field
    fields: Callable[[Json], Fields] = flat
    part_of: Callable[[str], str] | None = None
    renamed: Callable[[Json, Json], Mapping[str, str]] = lambda _known, _now: {}
    columns: Callable[[Place, str, str], Sequence[str]] | None = None
    is_fixed: Callable[[Json, str], bool] = lambda _current, _field: False
    unheld: Callable[[str, Any], str] = lambda _field, _value: ""
    unsendable: Callable[[Fields, Fields, Json], Mapping[str, str]] = lambda _changed, _known, _held: {}
    is_same: Callable[[str, Any, Any], bool] = lambda _field, ours, theirs: bool(ours == theirs)
    times: Collection[str] = ()
    shows: Callable[[Json], bool] = lambda _answer: True
