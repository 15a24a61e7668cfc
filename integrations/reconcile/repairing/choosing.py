"""Gives both sides the chosen value of a field that both edit, as the decision of a conflict does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from billing.errors import Conflict as Refused
from integrations.errors import Rejected
from integrations.mappings import bases, conflicts
from integrations.mappings.conflicts import Clash
from integrations.models import Conflict, EntityMapping
from integrations.models.connections import Owner
from integrations.models.findings import Repair
from integrations.models.imports import ImportOutcome
from integrations.models.outbound import Priority
from integrations.outbox import deciding, syncs
from integrations.provider_api import Json, Mergeable, value_of
from integrations.reconcile.importing.results import Result
from integrations.reconcile.repairing.subjects import Subject


@dataclass(frozen=True)
class Choice:
    """Whose value of the finding's field both sides are to have, once the object was applied as ``shown``."""

    subject: Subject
    repair: Repair
    shown: Json
    by: str
    priority: Priority

    def carry_out(self, results: Sequence[Result]) -> None:
        """Inside the transaction that has applied the object; raises Rejected where that was refused."""
        for one in results:
            if one.outcome == ImportOutcome.REFUSED:
                raise Rejected(one.reason)
        mapping, mergeable = self._mapping(), self._mergeable()
        is_taken = self.repair == Repair.TAKE
        if is_taken and self._row(mapping, mergeable) == self.subject.finding.theirs:
            return
        if not is_taken and self._is_pending(mapping):
            request(self.subject, self.by, self.priority)
            return
        side = Owner.PROVIDER if is_taken else Owner.FLEXSYNC
        deciding.decide(self._conflict().pk, side, by=self.by)

    def _mapping(self) -> EntityMapping:
        mapping = self.subject.mapping()
        if mapping is None:
            raise Refused("The two are no counterparts any more.", code="not_synced")
        return mapping

    def _mergeable(self) -> Mergeable:
        found = self.subject.mergeable
        assert found is not None, "options.refusal says so before"
        return found

    def _row(self, mapping: EntityMapping, mergeable: Mergeable) -> Any:
        """The row's value by now."""
        current = mergeable.current({"data": {"object": self.shown}})
        place = replace(bases.place_of(self.subject.connection, mapping.metadata), now=current)
        return value_of(
            mergeable.fields(mergeable.desired(place, self.subject.finding.entity_id)),
            self.subject.finding.field,
        )

    def _is_pending(self, mapping: EntityMapping) -> bool:
        """Whether a push sends the row's value anyway."""
        finding, connection = self.subject.finding, self.subject.connection
        found = bases.pending(
            connection, self.subject.kind, finding.entity_id, mapping.metadata, self.subject.provider_id_of()
        )
        return finding.field in found.changed and found.changed[finding.field] == finding.ours

    def _conflict(self) -> Conflict:
        """The open one about the field, or one that says what was replaced by the choice."""
        finding, place = self.subject.finding, self.subject.names
        known = Conflict.objects.filter(**place, field=finding.field, winner="").first()
        if known is not None and (known.ours, known.theirs) == (finding.ours, finding.theirs):
            return known
        part_of = self._mergeable().part_of
        is_part = part_of is not None and part_of(finding.field) == finding.field
        clash = Clash(finding.field, finding.ours, finding.theirs, None, None, is_part)
        return conflicts.record(place, self.subject.connection.owner_of(self.subject.kind), clash)


def request(subject: Subject, by: str, priority: Priority) -> None:
    """Lets the row be sent."""
    syncs.request(
        connection_id=subject.connection.pk,
        kind=subject.kind,
        entity_id=subject.finding.entity_id,
        started_by=by,
        priority=priority,
    )
