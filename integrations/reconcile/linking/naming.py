"""By what the rows of a kind and a provider's objects are found to be the same."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from integrations.provider_api import Clues
from integrations.reconcile.linking.counterparts import Known

# What both have, and its value: ("email", "ada@example.com"). Values that are "" or None name nothing.
Name = tuple[str, Hashable]
Values = Mapping[str, set[Any]]
# The names of objects by their ids, from their clues by id.
OfObjects = Callable[[Known, Mapping[str, Clues]], Mapping[str, Iterable[Name]]]

# As a person reads it.
WHY = {
    "entity_id": "id in metadata",
    "external_id": "external_id",
    "given": "id in the row's metadata",
    "email": "e-mail",
    "lookup_key": "lookup_key",
    "name": "name",
    "terms": "plan, amount and period",
    "items": "customer and prices",
}


@dataclass(frozen=True, kw_only=True)
class Naming:
    """One kind, beside the ids that all kinds have.

    ``rows``(environment id): those that may have a counterpart. ``certain`` and ``probable``: the names of
    either grade; ``doubtful``: those that suffice to ask before one is doubled. ``of_row``(row) and
    ``of_objects``: what each has. ``such``(values by name): finds the rows with one of them, and perhaps
    others. ``label``(row): what a person knows it by.
    """

    rows: Callable[[str], QuerySet[Any]]
    certain: tuple[str, ...] = ()
    probable: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    of_row: Callable[[Any], Iterable[Name]]
    of_objects: OfObjects
    such: Callable[[Values], Q]
    label: Callable[[Any], str] = str


def each(name: Callable[[Clues], Iterable[Name]]) -> OfObjects:
    """For objects that are named by what they have themselves."""
    return lambda _known, clues: {id: list(name(one)) for id, one in clues.items()}
