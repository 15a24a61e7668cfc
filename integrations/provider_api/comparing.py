"""How all of a kind is compared: what is read there, what of it nobody edits, and what differences mean."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q

from billing.events import Kind
from integrations.provider_api.gateway import Gateway, Json
from integrations.provider_api.listing import Page
from integrations.provider_api.merging import Place

# Values by the names of FlexSync's API, amounts in major units as text; "currency" is that of all amounts.
Facts = Mapping[str, Any]
CURRENCY = "currency"


class FactsHere(Protocol):
    """The facts of a row, by the names of those ``there``; None for a row that is not compared."""

    def __call__(self, place: Place, entity_id: str, there: Facts, /) -> Facts | None: ...


def _merged(_place: Place, _entity_id: str, _provider_object: Json) -> Json | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Comparable:
    """One list, with every object of ``kind``.

    ``name``: as operators read it. ``inbound``, ``outbound``: the connection's switches without which nothing
    is brought here, or there; None where that has no switch. ``read``(gateway, cursor) makes one call.
    ``label``(object): what a person knows it by. ``there``(object), ``here``: the facts of both sides that
    nobody edits. ``current``(place, row id, object) -> what the object has of the fields that both sides
    edit, None for what the kind's Mergeable says. ``refers``(object): ids of the provider's that are looked
    up. ``is_wanted``(environment id, object): whether an object without a row is to be here. ``sent``: which
    rows are to be at the connection with that id. ``is_listed``(notes of a mapping): whether the list would
    show its object. ``amounts``: the facts that are money. ``worth``: the one of them that is at stake where
    the whole object, or another fact, differs; "" for none. ``repair``(field, ours, theirs) -> "push" or
    "take", "" where a person has to look.
    """

    name: str
    kind: Kind
    inbound: str | None
    outbound: str | None
    read: Callable[[Gateway, str], Page]
    label: Callable[[Json], str] = lambda _provider_object: ""
    there: Callable[[Json], Facts] = lambda _provider_object: {}
    here: FactsHere = lambda _place, _entity_id, _there: {}
    current: Callable[[Place, str, Json], Json | None] = _merged
    refers: Callable[[Json], Iterable[str]] = lambda _provider_object: ()
    is_wanted: Callable[[str, Json], bool] = lambda _environment_id, _provider_object: True
    sent: Callable[[str], Q] = lambda _connection_id: Q()
    is_listed: Callable[[Json], bool] = lambda _notes: True
    amounts: frozenset[str] = frozenset()
    worth: str = ""
    repair: Callable[[str, Any, Any], str] = lambda _field, _ours, _theirs: ""
