"""Which rows and objects are alike, whether they have counterparts or not: one of them may be a double."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from billing.persistence.tables import MODELS
from integrations.mappings import kept_apart
from integrations.models import Connection
from integrations.provider_api import Json, Listing
from integrations.reconcile.linking import candidates, counterparts, rows
from integrations.reconcile.linking.rows import NAMINGS

# The ids by which an import of the object alone finds its row.
_FOLLOWED = ("entity_id", "external_id", "given")


@dataclass(frozen=True)
class Like:
    """The ids of the rows that an object may be. ``is_known``: an id in it says which: it is linked."""

    row_ids: Collection[str]
    is_known: bool


def of_objects(connection: Connection, listing: Listing, objects: Mapping[str, Json]) -> dict[str, Like]:
    """For each object without a row, by its id.

    A row that is another object's counts too, unless the two have no more than a doubtful name in common.
    """
    naming, known = NAMINGS[listing.kind], partial(counterparts.linked, connection.pk)
    clues = {id: candidates.clues_of(listing, one) for id, one in objects.items()}
    of_each = rows.names_of(known, listing, clues)
    every = (*naming.certain, *naming.probable, *naming.doubtful)
    found = rows.such(connection, listing, of_each, every)
    taken, grouped = rows.mapped(connection, listing.kind, found), rows.grouped(listing, of_each, found)
    apart = kept_apart.rows_of(connection.pk, listing.kind, objects)
    return {id: _like(grouped, id, taken, apart.get(id, ())) for id in objects}


def _like(found: rows.Rows, provider_id: str, taken: Mapping[str, str], apart: Collection[str]) -> Like:
    certain, probable = found.certain(provider_id), found.probable(provider_id)
    followed = [id for id, (_, name) in certain.items() if name in _FOLLOWED and id not in apart]
    named = [id for id in found.doubtful(provider_id) if id not in taken]
    is_known = len(followed) == 1 and followed[0] not in taken
    every = dict.fromkeys([*certain, *probable, *named])
    return Like([id for id in every if id not in apart], is_known)


def of_rows(connection: Connection, listing: Listing, row_ids: Iterable[str]) -> dict[str, list[str]]:
    """For each row without a counterpart, by its id, the objects that are those of rows like it."""
    naming = NAMINGS[listing.kind]
    own = naming.rows(connection.environment_id).filter(pk__in=list(row_ids))
    wanted = {*naming.certain, *naming.probable}
    of_each = {
        str(row.pk): [name for name in naming.of_row(row) if name[0] in wanted and name[1]] for row in own
    }
    found = rows.such(connection, listing, of_each, wanted)
    taken, grouped = rows.mapped(connection, listing.kind, found), rows.grouped(listing, of_each, found)
    apart = kept_apart.rows_of(connection.pk, listing.kind, filter(None, taken.values()))
    found_for = {id: grouped.certain(id) | grouped.probable(id) for id in of_each}
    objects = {id: [taken[other] for other in others if taken.get(other)] for id, others in found_for.items()}
    return {id: [one for one in each if id not in apart.get(one, ())] for id, each in objects.items()}


def given(listing: Listing, row_ids: Collection[str]) -> Mapping[str, str]:
    """The object that a row's metadata names, so that a push of the row links the two, by the row's id."""
    if not listing.given:
        return {}
    name = f"metadata__{listing.given}"
    return dict(MODELS[listing.kind]._default_manager.filter(pk__in=row_ids).values_list("pk", name))
