"""One difference between both sides, before anyone knows whether it will last."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from integrations.models import Connection, Finding
from integrations.models.findings import FindingKind, Repair
from integrations.provider_api import CURRENCY, Comparable, Facts

LONGEST_LABEL = 200
# What to do about what one side lacks, and why.
LACKING = {
    FindingKind.ONLY_THERE: (Repair.TAKE, "It is not here, though it should be: take it."),
    FindingKind.ONLY_HERE: (Repair.PUSH, "The provider does not have it, though it should: push it."),
}
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Difference:
    """As Finding has it."""

    kind: FindingKind
    entity_id: str = ""
    provider_entity_id: str = ""
    field: str = ""
    label: str = ""
    ours: Any = None
    theirs: Any = None
    amount_at_stake: Decimal | None = None
    currency: str = ""
    suggested: str = ""
    why: str = ""
    twins: Sequence[str] = ()
    belongs_to: Sequence[str] = ()
    debt: str = ""

    @property
    def key(self) -> Key:
        """What makes it the same in two comparisons, among those of one kind of entity."""
        return self.entity_id, self.provider_entity_id, self.kind, self.field


def key_of(finding: Finding) -> Key:
    """The same of what was found before."""
    return finding.entity_id, finding.provider_entity_id, finding.kind, finding.field


def allowed(connection: Connection, comparable: Comparable, repair: str) -> str:
    """The repair, or the opposite one where its switch is off; "" where both are."""
    switches = {Repair.PUSH.value: comparable.outbound, Repair.TAKE.value: comparable.inbound}
    on = [one for one, name in switches.items() if name is None or getattr(connection, name)]
    if repair in on or not repair:
        return repair
    return on[0] if on else ""


@dataclass(frozen=True)
class Judge:
    """Says of differences what they may cost, and what to do about them.

    ``here``, ``there``: the facts of both sides, none of a side that lacks the whole.
    """

    connection: Connection
    comparable: Comparable
    here: Facts
    there: Facts

    def of(self, found: Difference, repair: str | None = None) -> Difference:
        """``repair``: None for the one that the provider's part suggests, which alone is possible then."""
        if repair is None:
            fact = self.comparable.repair(found.field, self.here, self.there)
            suggested = fact if fact == allowed(self.connection, self.comparable, fact) else ""
        else:
            suggested = allowed(self.connection, self.comparable, repair)
        found = replace(found, suggested=suggested)
        amount = self.comparable.at_stake(found.field, self.here, self.there)
        currency = {**self.here, **self.there}.get(CURRENCY)
        if amount is None or not currency:
            return found
        return replace(found, amount_at_stake=Decimal(amount), currency=currency)
