"""Entities that only one side has: objects that the list did not show, and rows without a counterpart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, QuerySet

from billing.persistence.prefetch import Prefetch
from billing.persistence.tables import MODELS
from billing.persistence.unit_of_work import unit_of_work
from billing.services import row_endings
from billing.services.find import find
from integrations.mappings.bases import place_of
from integrations.models import ComparedObject, ComparisonPart, ComparisonRun, EntityMapping
from integrations.models.findings import FindingKind
from integrations.models.mappings import GoneChoice
from integrations.provider_api import Comparable, Facts
from integrations.reconcile.comparing import belongings, families, lost_money, parts, possible, twins
from integrations.reconcile.comparing.differences import LACKING, LONGEST_LABEL, Difference, Judge
from integrations.reconcile.comparing.suspicions import BATCH, Step, Suspicion

GONE = "The provider has it no more: end it here as well (take), make another there (push), or accept it."


def unlisted(run: ComparisonRun, part: ComparisonPart, comparable: Comparable) -> Step:
    """What was at the provider once, and is not in its list."""
    found = list(_unlisted(run, part).filter(pk__gt=part.cursor).order_by("pk")[:BATCH])
    missing = [one for one in found if comparable.is_listed(one.provider_entity_id, one.metadata)]
    gone = Difference(FindingKind.GONE, why=GONE)
    pairs = {one.entity_id: one.provider_entity_id for one in missing}
    differences = _Rows(run, comparable).differences(pairs, gone)
    told = lost_money.of(run, comparable.kind, families.of(run, comparable.kind, differences))
    suspicions = [
        Suspicion(one, parts.began(part))
        for one in possible.told(run.connection, comparable.kind, told)
        if not row_endings.has_ended(comparable.kind, one.entity_id)
    ]
    return Step(suspicions, found[-1].pk if len(found) == BATCH else "")


def _unlisted(run: ComparisonRun, part: ComparisonPart) -> QuerySet[EntityMapping]:
    shown = ComparedObject.objects.filter(run=run, entity_type=part.entity_type)
    linked = EntityMapping.objects.filter(
        ~Exists(shown.filter(provider_entity_id=OuterRef("provider_entity_id"))),
        connection=run.connection,
        entity_type=part.entity_type,
    ).exclude(entity_id="")
    return linked.exclude(gone_choice__in=(GoneChoice.LEAVE, GoneChoice.ARCHIVE))


def unmapped(run: ComparisonRun, part: ComparisonPart, comparable: Comparable) -> Step:
    """Rows that a push would bring to the provider, and that have no counterpart there."""
    if comparable.outbound and not getattr(run.connection, comparable.outbound):
        return Step((), "")
    linked = EntityMapping.objects.filter(
        connection=run.connection, entity_type=comparable.kind, entity_id=OuterRef("pk")
    )
    rows = MODELS[comparable.kind]._default_manager.filter(
        ~Exists(linked),
        comparable.sent(run.connection.pk),
        environment_id=run.connection.environment_id,
    )
    found = list(rows.filter(pk__gt=part.cursor).order_by("pk").values_list("pk", flat=True)[:BATCH])
    suggested, why = LACKING[FindingKind.ONLY_HERE]
    only = Difference(FindingKind.ONLY_HERE, suggested=suggested, why=why)
    differences = _Rows(run, comparable).differences(dict.fromkeys(found, ""), only)
    told = twins.of_here(run.connection, comparable.kind, differences)
    told = lost_money.of(run, comparable.kind, families.of(run, comparable.kind, told))
    beside = belongings.of_rows(run.connection_id, comparable.kind, [one.entity_id for one in told])
    suspicions = [
        Suspicion(replace(one, belongs_to=beside.get(one.entity_id, [])), parts.began(part)) for one in told
    ]
    return Step(suspicions, found[-1] if len(found) == BATCH else "")


@dataclass(frozen=True)
class _Rows:
    """Rows of one kind."""

    run: ComparisonRun
    comparable: Comparable

    def differences(self, pairs: Mapping[str, str], like: Difference) -> list[Difference]:
        """One ``like`` that for each pair of ids (row, object), without rows that are not compared."""
        environment_id, kind = self.run.connection.environment_id, self.comparable.kind
        with unit_of_work(environment_id, Prefetch(naming={kind: pairs})):
            rows = find(MODELS[kind], environment_id, pairs)
            place = place_of(self.run.connection, {})
            return [
                self._one(
                    facts,
                    replace(like, entity_id=row_id, provider_entity_id=pairs[row_id]),
                    label=str(row)[:LONGEST_LABEL],
                    debt=self.comparable.debt(place, row_id, {}),
                )
                for row_id, row in rows.items()
                if (facts := self.comparable.here(place, row_id, {})) is not None
            ]

    def _one(self, facts: Facts, found: Difference, *, label: str, debt: str) -> Difference:
        judge = Judge(self.run.connection, self.comparable, facts, {})
        found = replace(found, ours=dict(facts), label=label, debt=debt)
        return judge.of(found, found.suggested or None)
