"""The rows here without a counterpart that an object's clues name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from billing.events import Kind
from integrations.models import EntityMapping, ImportRun
from integrations.provider_api import Clues, Listing
from integrations.reconcile.linking.customers import CUSTOMERS
from integrations.reconcile.linking.naming import Name, Naming
from integrations.reconcile.linking.plans import PLANS
from integrations.reconcile.linking.prices import PRICES
from integrations.reconcile.linking.subscriptions import SUBSCRIPTIONS

NAMINGS: Mapping[Kind, Naming] = {
    Kind.CUSTOMER: CUSTOMERS,
    Kind.PLAN: PLANS,
    Kind.PRICE: PRICES,
    Kind.SUBSCRIPTION: SUBSCRIPTIONS,
}
# What all kinds have: the row's id in the object's metadata, and the object's in the row's.
IDS = ("entity_id", "given")


@dataclass(frozen=True)
class Rows:
    """Free rows by what names them, and the names of the objects."""

    naming: Naming
    of_objects: Mapping[str, list[Name]]
    by_name: Mapping[Name, list[Any]]

    def certain(self, provider_id: str) -> dict[str, tuple[Any, str]]:
        """Each row that an id says to be the object, and which one says so, by its id."""
        return self._named(provider_id, (*IDS, *self.naming.certain))

    def probable(self, provider_id: str) -> dict[str, tuple[Any, str]]:
        """Each row that is like the object, and in what, by its id."""
        return self._named(provider_id, self.naming.probable)

    def _named(self, provider_id: str, names: Iterable[str]) -> dict[str, tuple[Any, str]]:
        found: dict[str, tuple[Any, str]] = {}
        for name in self.of_objects[provider_id]:
            for row in self.by_name.get(name, ()) if name[0] in names else ():
                found.setdefault(str(row.pk), (row, name[0]))
        return found


def free(run: ImportRun, listing: Listing, clues: Mapping[str, Clues]) -> Rows:
    """The rows without a counterpart that objects (their clues by id) may be."""
    naming = NAMINGS[listing.kind]
    own = naming.of_objects(run, clues)
    of_objects = {
        id: [name for name in (("entity_id", one.entity_id), ("given", id), *own.get(id, ())) if name[1]]
        for id, one in clues.items()
    }
    by_name: dict[Name, list[Any]] = {}
    for row in _unmapped(run, listing, _found(run, listing, of_objects)):
        for name in _names(listing, row):
            by_name.setdefault(name, []).append(row)
    return Rows(naming, of_objects, by_name)


def _found(run: ImportRun, listing: Listing, of_objects: Mapping[str, list[Name]]) -> list[Any]:
    naming = NAMINGS[listing.kind]
    values: dict[str, set[Any]] = {name: set() for name in (*IDS, *naming.certain, *naming.probable)}
    for names in of_objects.values():
        for name, value in names:
            values[name].add(value)
    such = Q(pk__in=values["entity_id"]) | naming.such(values)
    if listing.given:
        such |= Q(**{f"metadata__{listing.given}__in": list(of_objects)})
    return list(naming.rows(run.connection.environment_id).filter(such))


def _unmapped(run: ImportRun, listing: Listing, rows: list[Any]) -> list[Any]:
    mapped = EntityMapping.objects.filter(
        connection=run.connection, entity_type=listing.kind, entity_id__in=[row.pk for row in rows]
    )
    taken = set(mapped.values_list("entity_id", flat=True))
    return [row for row in rows if row.pk not in taken]


def _names(listing: Listing, row: Any) -> Iterable[Name]:
    yield "entity_id", str(row.pk)
    if listing.given and (given := row.metadata.get(listing.given)):
        yield "given", str(given)
    yield from (name for name in NAMINGS[listing.kind].of_row(row) if name[1])
