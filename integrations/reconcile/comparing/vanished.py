"""Rows whose counterparts a comparison has not found any more, and which of them can be made there again."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.events import Kind
from billing.models.base import Status
from billing.persistence.tables import MODELS
from integrations.models import ComparedObject, ComparisonRun, EntityMapping, Finding
from integrations.models.findings import UNHEALED, FindingKind, Repair
from integrations.models.mappings import GoneChoice
from integrations.provider_api import Comparable
from integrations.reconcile.comparing import parts
from integrations.reconcile.comparing.differences import allowed

_DECIDED = (GoneChoice.LEAVE, GoneChoice.ARCHIVE)


@dataclass(frozen=True)
class Vanished:
    """As that comparison has seen the account; queries of rows, to be narrowed to some ids."""

    run: ComparisonRun

    def of(self, kind: Kind) -> QuerySet[Any]:
        """Rows that the provider has no more."""
        return _rows(kind).filter(self._is_lacking(kind))

    def lost(self, kind: Kind) -> Q:
        """What rows have in common that the provider has no more, or never had though it should."""
        undecided = Exists(self._lacking(kind).exclude(gone_choice__in=_DECIDED))
        return Q(undecided) | self.unsent(kind)

    def unsent(self, kind: Kind) -> Q:
        """What rows have in common that the provider never had though it should."""
        return ~Q(self._is_linked(kind)) & self._comparable(kind).sent(self.run.connection_id)

    def makeable(self, kind: Kind) -> QuerySet[Any]:
        """Those customers, plans or prices that can be made another there."""
        undecided = self._lacking(kind).exclude(gone_choice__in=_DECIDED)
        found = _rows(kind).filter(Exists(undecided), status=Status.ACTIVE)
        return found if self.is_sent(kind) else found.none()

    def closed(self, kind: Kind) -> QuerySet[Any]:
        """Those plans or prices to which nobody can be subscribed there any more, nor anew."""
        ended = ~Q(status=Status.ACTIVE) & Q(self._is_linked(kind))
        found = ended | Q(Exists(self._ending(kind)))
        found |= Q(Exists(self._lacking(kind).filter(gone_choice__in=_DECIDED)))
        if not self.is_sent(kind):
            found |= Q(self._is_lacking(kind))
        return _rows(kind).filter(found)

    def is_sent(self, kind: Kind) -> bool:
        """Whether the connection sends the kind."""
        return allowed(self.run.connection, self._comparable(kind), Repair.PUSH) == Repair.PUSH

    def _ending(self, kind: Kind) -> QuerySet[Finding]:
        """Findings that they are archived there, and are to be so here."""
        return Finding.objects.filter(
            connection=self.run.connection_id,
            entity_type=kind,
            entity_id=OuterRef("pk"),
            kind=FindingKind.DIFFERS,
            state__in=UNHEALED,
            field=self._comparable(kind).sold_by,
            suggested=Repair.TAKE,
        )

    def _is_linked(self, kind: Kind) -> Exists:
        linked = EntityMapping.objects.filter(connection=self.run.connection_id, entity_type=kind)
        return Exists(linked.filter(entity_id=OuterRef("pk")))

    def _is_lacking(self, kind: Kind) -> Exists:
        return Exists(self._lacking(kind))

    def _lacking(self, kind: Kind) -> QuerySet[EntityMapping]:
        """The mapping of a row whose object is known to be gone, or was not shown by the list of its kind."""
        shown = ComparedObject.objects.filter(
            run=self.run, entity_type=kind, provider_entity_id=OuterRef("provider_entity_id")
        )
        is_read = self.run.parts.filter(entity_type=kind, left_out="").exists()
        is_missing = ~Exists(shown) if is_read else Q(gone_at__isnull=False)
        return EntityMapping.objects.filter(
            is_missing, connection=self.run.connection_id, entity_type=kind, entity_id=OuterRef("pk")
        ).order_by()

    def _comparable(self, kind: Kind) -> Comparable:
        found = parts.comparables(self.run.connection).values()
        return next(one for one in found if one.kind == kind)


def _rows(kind: Kind) -> QuerySet[Any]:
    return MODELS[kind]._default_manager.order_by()
