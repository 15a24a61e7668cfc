"""The rows here that an object's clues name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Q

from billing.events import Kind
from integrations.models import Connection, EntityMapping, ImportRun
from integrations.provider_api import Clues, Listing
from integrations.reconcile.linking import counterparts
from integrations.reconcile.linking.counterparts import Known
from integrations.reconcile.linking.customers import CUSTOMERS
from integrations.reconcile.linking.invoices import INVOICES
from integrations.reconcile.linking.naming import Name, Naming
from integrations.reconcile.linking.plans import PLANS
from integrations.reconcile.linking.prices import PRICES
from integrations.reconcile.linking.subscriptions import SUBSCRIPTIONS

NAMINGS: Mapping[Kind, Naming] = {
    Kind.CUSTOMER: CUSTOMERS,
    Kind.PLAN: PLANS,
    Kind.PRICE: PRICES,
    Kind.SUBSCRIPTION: SUBSCRIPTIONS,
    Kind.INVOICE: INVOICES,
}
# What all kinds have: the row's id in the object's metadata, and the object's in the row's.
IDS = ("entity_id", "given")


@dataclass(frozen=True)
class Rows:
    """Rows by what names them, and the names of the objects."""

    naming: Naming
    of_objects: Mapping[str, list[Name]]
    by_name: Mapping[Name, list[Any]]

    def certain(self, provider_id: str) -> dict[str, tuple[Any, str]]:
        """Each row that an id says to be the object, and which one says so, by its id."""
        return self._named(provider_id, (*IDS, *self.naming.certain))

    def probable(self, provider_id: str) -> dict[str, tuple[Any, str]]:
        """Each row that is like the object, and in what, by its id."""
        return self._named(provider_id, self.naming.probable)

    def doubtful(self, provider_id: str) -> dict[str, tuple[Any, str]]:
        """Each row that is a little like the object, and in what, by its id."""
        return self._named(provider_id, self.naming.doubtful)

    def _named(self, provider_id: str, names: Iterable[str]) -> dict[str, tuple[Any, str]]:
        found: dict[str, tuple[Any, str]] = {}
        for name in self.of_objects[provider_id]:
            for row in self.by_name.get(name, ()) if name[0] in names else ():
                found.setdefault(str(row.pk), (row, name[0]))
        return found


def free(run: ImportRun, listing: Listing, clues: Mapping[str, Clues]) -> Rows:
    """The rows without a counterpart that objects (their clues by id) may be."""
    naming, of_objects = NAMINGS[listing.kind], names_of(partial(counterparts.of, run), listing, clues)
    found = such(run.connection, listing, of_objects, (*naming.certain, *naming.probable))
    taken = mapped(run.connection, listing.kind, found)
    return grouped(listing, of_objects, [row for row in found if row.pk not in taken])


def names_of(known: Known, listing: Listing, clues: Mapping[str, Clues]) -> dict[str, list[Name]]:
    """What each object has, by its id."""
    own = NAMINGS[listing.kind].of_objects(known, clues)
    return {
        id: [name for name in (("entity_id", one.entity_id), ("given", id), *own.get(id, ())) if name[1]]
        for id, one in clues.items()
    }


def such(
    connection: Connection, listing: Listing, of_objects: Mapping[str, list[Name]], wanted: Iterable[str]
) -> list[Any]:
    """The rows that have one of the ``wanted`` names, or an id, of what objects have; perhaps also others."""
    naming = NAMINGS[listing.kind]
    every = (*IDS, *naming.certain, *naming.probable, *naming.doubtful)
    asked, values = {*IDS, *wanted}, {name: set[Any]() for name in every}
    for names in of_objects.values():
        for name, value in names:
            values[name].update([value] if name in asked else ())
    found = Q(pk__in=values["entity_id"]) | naming.such(values)
    if listing.given:
        found |= Q(**{f"metadata__{listing.given}__in": list(of_objects)})
    return list(naming.rows(connection.environment_id).filter(found))


def mapped(connection: Connection, kind: Kind, rows: Iterable[Any]) -> dict[str, str]:
    """The ids of the objects whose rows these are, by the rows' ids; "" of one that is no more."""
    found = EntityMapping.objects.filter(
        connection=connection, entity_type=kind, entity_id__in=[row.pk for row in rows]
    )
    return dict(found.values_list("entity_id", "provider_entity_id"))


def grouped(listing: Listing, of_objects: Mapping[str, list[Name]], rows: Iterable[Any]) -> Rows:
    """The rows by what they have."""
    by_name: dict[Name, list[Any]] = {}
    for row in rows:
        for name in names_of_row(listing, row):
            by_name.setdefault(name, []).append(row)
    return Rows(NAMINGS[listing.kind], of_objects, by_name)


def names_of_row(listing: Listing, row: Any) -> Iterable[Name]:
    """What a row has."""
    yield "entity_id", str(row.pk)
    if listing.given and (given := row.metadata.get(listing.given)):
        yield "given", str(given)
    yield from (name for name in NAMINGS[listing.kind].of_row(row) if name[1])
