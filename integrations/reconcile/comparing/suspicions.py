"""What differed when it was compared again, and may still have been under way: object by object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from integrations.models import ComparedObject, ComparisonPart, ComparisonRun
from integrations.provider_api import Comparable, Json, registry
from integrations.reconcile.comparing import belongings, twins
from integrations.reconcile.comparing.differences import Difference
from integrations.reconcile.comparing.quiet import Looked
from integrations.reconcile.comparing.sides import Sides

# How many entities are looked at in one transaction.
BATCH = 100


@dataclass(frozen=True)
class Suspicion:
    """``asked_at``: when the provider was asked. ``marked``: the row that the object says it belongs to."""

    difference: Difference
    asked_at: datetime
    marked: str = ""

    @property
    def looked(self) -> Looked:
        """What has to be at rest, so that it may be believed."""
        ids = {self.difference.entity_id, self.difference.provider_entity_id, self.marked}
        return Looked(frozenset(filter(None, ids)), self.asked_at)


@dataclass(frozen=True)
class Step:
    """Where the next look begins, "" at the end."""

    suspicions: Sequence[Suspicion]
    cursor: str


def differing(run: ComparisonRun, part: ComparisonPart, comparable: Comparable) -> Step:
    """Objects that differed from their rows, or had none, compared with the rows as they are now."""
    kept = ComparedObject.objects.filter(run=run, entity_type=part.entity_type, shown__isnull=False)
    rows = list(kept.filter(pk__gt=int(part.cursor or 0)).order_by("pk")[:BATCH])
    by_id = {row.provider_entity_id: row for row in rows}
    shown = {row.provider_entity_id: row.shown or {} for row in rows}
    compared = Sides(run.connection, comparable).compare(list(shown.values()))
    differences = [one for found in compared.values() for one in found]
    beside = belongings.of_objects(run.connection_id, comparable, _of(differences, shown))
    found = [
        Suspicion(
            _with(one, beside), by_id[provider_id].asked_at, _marked(run, comparable, shown[provider_id])
        )
        for one in twins.of_there(run.connection, comparable.kind, differences, shown)
        for provider_id in (one.provider_entity_id,)
    ]
    return Step(found, str(rows[-1].pk) if len(rows) == BATCH else "")


def _of(differences: Sequence[Difference], shown: Mapping[str, Json]) -> dict[str, Json]:
    return {one.provider_entity_id: shown[one.provider_entity_id] for one in differences}


def _with(one: Difference, beside: Mapping[str, Sequence[str]]) -> Difference:
    return replace(one, belongs_to=beside.get(one.provider_entity_id, []))


def _marked(run: ComparisonRun, comparable: Comparable, provider_object: Json) -> str:
    how = registry.provider(run.connection.provider).links.get(comparable.kind)
    return how.marks(provider_object).entity_id if how else ""
