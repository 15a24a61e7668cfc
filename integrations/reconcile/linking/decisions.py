"""A person decides which candidates are counterparts: one by one, many at once, or by a list of pairs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from billing.errors import Conflict, Invalid
from billing.events import Kind
from billing.persistence.tables import MODELS
from integrations.mappings.link_choices import KINDS
from integrations.models import ImportRun, LinkCandidate
from integrations.models.imports import LinkingState
from integrations.models.link_candidates import LinkChoice, LinkGrade
from integrations.reconcile.linking import clashes, named_objects
from integrations.reconcile.linking.candidates import LONGEST_LABEL
from integrations.reconcile.linking.clashes import Clash
from integrations.reconcile.linking.rows import NAMINGS

# How many that clash are named.
SHOWN = 3


def decide(
    candidates: QuerySet[LinkCandidate], choice: LinkChoice, *, by: str, now: datetime, entity_id: str = ""
) -> int:
    """Decides them all; returns how many. ``entity_id``: the row of a single one that may be several.

    Raises Conflict for a row that is another object's already, Invalid where no row is named, or an unknown
    one.
    """
    named = {"entity_id": entity_id} if entity_id else {}
    for one in candidates.select_related("run__connection") if named else ():
        named["entity_label"] = _label(one.run, Kind(one.entity_type), entity_id)
    if choice == LinkChoice.LINK and not named and candidates.filter(entity_id="").exists():
        raise Invalid.of({"entity_id": "Name the row: several may be this object."})
    try:
        with transaction.atomic():
            return candidates.update(choice=choice, decided_by=by, decided_at=now, **named)
    except IntegrityError:
        raise Conflict(_clashes(candidates, entity_id), code="mapping_conflict") from None


def _clashes(candidates: QuerySet[LinkCandidate], entity_id: str) -> str:
    """Which of them cannot be linked, and what has their rows."""
    what = " ".join(str(one) for one in clashes.found(candidates, entity_id)[:SHOWN])
    what = what or "Two of the objects would be one row."
    return f"{what} Nothing was decided: say what the one or the other is instead, then try again."


@dataclass(frozen=True)
class Decided:
    """How many were decided, and which were not because they clash."""

    number: int
    clashes: Sequence[Clash] = ()

    @property
    def summary(self) -> str:
        """What clashed, in sentences; "" for nothing."""
        if not self.clashes:
            return ""
        named = " ".join(str(one) for one in self.clashes[:SHOWN])
        return f"{len(self.clashes)} left undecided, because one row is one object: {named} Decide these one by one."


def decide_all(run: ImportRun, grade: LinkGrade, choice: LinkChoice, *, by: str, now: datetime) -> Decided:
    """Decides all of a grade that wait; to be linked, those that do not clash. Raises as ``decide``."""
    require_open(run)
    with transaction.atomic():
        found = undecided(run).filter(grade=grade).select_for_update()
        left = clashes.found(found) if choice == LinkChoice.LINK else []
        rest = found.exclude(pk__in=[one.candidate.pk for one in left])
        return Decided(decide(rest, choice, by=by, now=now), left)


def undecided(run: ImportRun) -> QuerySet[LinkCandidate]:
    """The candidates that wait for a person."""
    return LinkCandidate.objects.filter(run=run, choice="")


def add_pairs(run: ImportRun, pairs: Iterable[tuple[str, str]], *, by: str, now: datetime) -> int:
    """Links the pairs (FlexSync's id, the provider's); returns how many.

    Raises Invalid for rows and objects that are not there, or of different kinds; Retry or Rejected where the
    provider does not tell.
    """
    require_open(run)
    named = [(_kind_of(run, entity_id), entity_id, provider_id) for entity_id, provider_id in pairs]
    named_objects.require(run, named)
    number = 0
    with transaction.atomic():
        for kind, entity_id, provider_id in named:
            place = {"run": run, "entity_type": kind, "provider_entity_id": provider_id}
            values = {"grade": LinkGrade.CERTAIN, "rows": [[entity_id, "", "line in a list of pairs"]]}
            found, _ = LinkCandidate.objects.get_or_create(**place, defaults=values)
            one = LinkCandidate.objects.filter(pk=found.pk)
            number += decide(one, LinkChoice.LINK, by=by, now=now, entity_id=entity_id)
    return number


def _kind_of(run: ImportRun, entity_id: str) -> Kind:
    for kind in KINDS:
        if _row(run, kind, entity_id):
            return kind
    raise Invalid.of({"entity_id": f"There is no customer, plan, price or subscription {entity_id}."})


def _label(run: ImportRun, kind: Kind, entity_id: str) -> str:
    row = _row(run, kind, entity_id)
    if row is None:
        raise Invalid.of({"entity_id": f"There is no {kind} {entity_id}."})
    return NAMINGS[kind].label(row)[:LONGEST_LABEL]


def _row(run: ImportRun, kind: Kind, entity_id: str) -> Any:
    rows = MODELS[kind]._default_manager.filter(environment_id=run.connection.environment_id)
    return rows.filter(pk=entity_id).first()


def require_open(run: ImportRun) -> None:
    """Raises Conflict unless a person is to decide."""
    run.refresh_from_db(fields=["linking", "state"])
    if run.linking != LinkingState.OPEN:
        raise Conflict("The import asks for no links, or they are settled.", code="links_settled")
