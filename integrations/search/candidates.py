"""Which rows the keys find: one statement, in which each key reads a few entries of its index."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from integrations.models import Connection
from integrations.search.keys import KEYS, Key
from integrations.search.kinds import KINDS

_CONNECTED = "connection__environment"


@dataclass(frozen=True)
class Candidate:
    """A row by its kind and id, and by which value it was found."""

    kind: str
    id: str
    label: str
    value: str


def candidates(
    term: str,
    environments: Sequence[str],
    kinds: Collection[str],
    limit: int,
    *,
    only: Callable[[Key], bool] = lambda _key: True,
) -> tuple[list[Candidate], set[str]]:
    """The rows of the kinds that ``term`` finds in the environments, the whole values first, each once.

    And the kinds of which it finds more than ``limit`` by one key, of which only so many are read. ``only``:
    which keys.
    """
    connections = list(Connection.objects.filter(environment__in=environments).values_list("pk", flat=True))
    branches = [
        found[: limit + 1]
        for place, key in enumerate(KEYS)
        if only(key) and key.may_find(term) and (key.kind in kinds or key.kind.startswith("@"))
        for found in _found_by(place, key, term, environments, connections)
    ]
    hits = list(branches[0].union(*branches[1:], all=True)) if branches else []
    counted: dict[tuple[str, int], int] = {}
    found: dict[tuple[str, str], Candidate] = {}
    for kind, row_id, place, value in sorted(hits, key=lambda hit: (hit[3] != term, hit[2], hit[3])):
        counted[kind, place] = counted.get((kind, place), 0) + 1
        if kind in KINDS and kind in kinds:
            found.setdefault((kind, row_id), Candidate(kind, row_id, KEYS[place].label, value))
    return list(found.values()), {kind for (kind, _), count in counted.items() if count > limit}


def _found_by(
    place: int, key: Key, term: str, environments: Sequence[str], connections: Sequence[str]
) -> Iterator[QuerySet[Any, Any]]:
    rows: QuerySet[Any] = key.model._default_manager.order_by().filter(key.where)
    within = {f"{key.environment or 'pk'}__in": environments}
    if key.environment == _CONNECTED:
        within = {"connection__in": connections}  # an index begins with it
    for found in key.matching(rows.filter(**within), key.column, term):
        yield found.annotate(
            found_kind=_kind(key),
            found_id=Cast(F(key.leads_to), CharField()),
            found_place=Value(place, IntegerField()),
            found_value=Cast(F(key.column), CharField()),
        ).values_list("found_kind", "found_id", "found_place", "found_value")


def _kind(key: Key) -> Any:
    if key.kind.startswith("@"):
        return Cast(F(key.kind[1:]), CharField())
    return Cast(Value(key.kind), CharField())
