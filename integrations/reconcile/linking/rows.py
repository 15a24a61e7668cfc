"""The rows here without a counterpart that an object's clues name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Lower

from billing.events import Kind
from billing.models.base import Status
from billing.persistence.tables import MODELS
from integrations.models import Connection, EntityMapping
from integrations.provider_api import Clues, Listing

# Clues that are ids, and clues that are names.
IDS = ("entity_id", "external_id", "given")
NAMES: Mapping[Kind, tuple[str, ...]] = {Kind.CUSTOMER: ("email",), Kind.PLAN: ("lookup_key", "name")}
_EXTERNAL = {Kind.CUSTOMER: ("external_id",)}


@dataclass(frozen=True)
class Rows:
    """Free rows by what names them: {"email": {"ada@example.com": [row, ...]}}."""

    by_clue: Mapping[str, Mapping[str, list[Model]]]

    def of(self, clue: str, value: str) -> list[Model]:
        """The rows that this clue names."""
        return self.by_clue.get(clue, {}).get(value, []) if value else []


def free(connection: Connection, listing: Listing, clues: Mapping[str, Clues]) -> Rows:
    """The active rows without a counterpart that objects (their clues by id) may be."""
    kind, found = listing.kind, _named(connection, listing, clues)
    mapped = EntityMapping.objects.filter(
        connection=connection, entity_type=kind, entity_id__in=[row.pk for row in found]
    )
    taken = set(mapped.values_list("entity_id", flat=True))
    by_clue: dict[str, dict[str, list[Model]]] = {}
    for row in found:
        if row.pk not in taken:
            for clue, value in _values(kind, listing, row):
                by_clue.setdefault(clue, {}).setdefault(value, []).append(row)
    return Rows(by_clue)


def _named(connection: Connection, listing: Listing, clues: Mapping[str, Clues]) -> list[Any]:
    named = Q(pk__in=_wanted(clues, "entity_id"))
    for name in _EXTERNAL.get(listing.kind, ()):
        named |= Q(**{f"{name}__in": _wanted(clues, name)})
    for name in NAMES[listing.kind]:
        named |= Q(**{f"lower_{name}__in": [value.lower() for value in _wanted(clues, name)]})
    if listing.given:
        named |= Q(**{f"metadata__{listing.given}__in": list(clues)})
    rows: QuerySet[Any] = MODELS[listing.kind]._default_manager.annotate(
        **{f"lower_{name}": Lower(name) for name in NAMES[listing.kind]}
    )
    environment = {"environment_id": connection.environment_id, "status": Status.ACTIVE}
    return list(rows.filter(named, **environment))


def _wanted(clues: Mapping[str, Clues], name: str) -> list[str]:
    return [value for one in clues.values() if (value := getattr(one, name))]


def _values(kind: Kind, listing: Listing, row: Any) -> Iterable[tuple[str, str]]:
    yield "entity_id", row.pk
    for name in _EXTERNAL.get(kind, ()):
        yield name, getattr(row, name) or ""
    for name in NAMES[kind]:
        yield name, (getattr(row, name) or "").lower()
    if listing.given:
        yield "given", str(row.metadata.get(listing.given) or "")
