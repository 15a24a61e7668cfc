"""How all of a kind is compared: what is read there, what of it nobody edits, and what differences mean."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q

from billing.events import Kind
from integrations.models import Connection
from integrations.provider_api.gateway import Gateway, Json
from integrations.provider_api.listing import Page
from integrations.provider_api.merging import Place

# Values by the names of FlexSync's API, amounts in major units as text, all of them in its "currency".
Facts = Mapping[str, Any]
CURRENCY = "currency"


class FactsHere(Protocol):
    """The facts of a row, by the names of those ``there``; None for a row that is not compared."""

    def __call__(self, place: Place, entity_id: str, there: Facts, /) -> Facts | None: ...


@dataclass(frozen=True, kw_only=True)
class Comparable:
    """One list, with every object of ``kind``.

    ``name``: as operators read it. ``inbound``, ``outbound``: the connection's switches without which nothing
    is brought here, or there; None where that has no switch. ``read``(gateway, cursor) makes one call.
    ``label``(place, object): what a person knows it by. ``there``(object), ``here``: facts of both sides, of
    which those ``compared`` differ only where something was missed. ``current``(place, row id, object) ->
    what the object has of the fields that both sides edit, None for what the kind's Mergeable says.
    ``refers``(object): ids of the provider's that are looked up. ``belongs``(object) -> (kind, the provider's
    id) of each that is brought here with it when it is taken. ``wanted``(connection, objects without a row)
    -> those that are to be here. ``sent``(connection id): which rows are to be there.
    ``completed``(gateway, object that was read alone) -> the object as its list has it.
    ``is_listed``(the provider's id, notes of its mapping): whether the list would show it.
    ``dated``(object): when it was made, where imports may leave out what is older, None elsewhere.
    ``at_stake``(field, facts here, facts there) -> the amount (major units), None for none. ``repair``(field,
    facts here, facts there) -> "push" or "take", "" where a person has to look. Both are asked with "" as the
    field where a side lacks the whole; it has no facts then. ``debt``(place, row id or "", object or {}): the
    invoice whose money it is about, by its id here or else there, "" where it stands for itself. ``sold_by``:
    the field that both sides edit which says whether it can be subscribed to, "" for none.
    """

    name: str
    kind: Kind
    inbound: str | None
    outbound: str | None
    read: Callable[[Gateway, str], Page]
    completed: Callable[[Gateway, Json], Json] = lambda _gateway, provider_object: provider_object
    label: Callable[[Place, Json], str] = lambda _place, _provider_object: ""
    there: Callable[[Json], Facts] = lambda _provider_object: {}
    here: FactsHere = lambda _place, _entity_id, _there: {}
    compared: Sequence[str] = ()
    current: Callable[[Place, str, Json], Json | None] = lambda _place, _entity_id, _provider_object: None
    refers: Callable[[Json], Iterable[str]] = lambda _provider_object: ()
    belongs: Callable[[Json], Iterable[tuple[Kind, str]]] = lambda _provider_object: ()
    wanted: Callable[[Connection, Sequence[Json]], Iterable[Json]] = lambda _connection, objects: objects
    dated: Callable[[Json], datetime | None] = lambda _provider_object: None
    sent: Callable[[str], Q] = lambda _connection_id: Q()
    is_listed: Callable[[str, Json], bool] = lambda _provider_id, _notes: True
    at_stake: Callable[[str, Facts, Facts], Any] = lambda _field, _here, _there: None
    repair: Callable[[str, Facts, Facts], str] = lambda _field, _here, _there: ""
    debt: Callable[[Place, str, Json], str] = lambda _place, _entity_id, _provider_object: ""
    sold_by: str = ""
