"""A person lets findings be: why, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from billing.errors import Conflict, Invalid
from integrations.models import Finding
from integrations.models.findings import UNHEALED, FindingKind, FindingState, Repair
from integrations.models.outbound import Priority
from integrations.reconcile.comparing import audit, belongings, twins
from integrations.reconcile.repairing import requests, work
from integrations.reconcile.repairing.requests import REFUSED, locked


@dataclass(frozen=True)
class Acceptance:
    """Who lets findings be, why, and until when (None: for ever). Raises Invalid."""

    by: str
    reason: str
    until: datetime | None
    now: datetime

    def __post_init__(self) -> None:
        """Whatever the entry point, a person says why."""
        if not self.reason.strip():
            raise Invalid.of({"reason": "Say why: it is kept with who did it."})
        if self.until is not None and self.until <= self.now:
            raise Invalid.of({"until": "Send a time to come, or none: it is accepted for ever then."})


def refuse_needless(repair: str, reason: str, until: datetime | None) -> None:
    """Raises Invalid for what only an acceptance keeps."""
    if repair == Repair.ACCEPT:
        return
    given = {"reason": reason, "until": until}
    if needless := {name: f"Only to accept, not to {repair}." for name, value in given.items() if value}:
        raise Invalid.of(needless)


@transaction.atomic
def accept(finding_ids: Sequence[str], acceptance: Acceptance) -> int:
    """Lets findings be, and returns how many; those that have healed are left out.

    What is gone is left so as well, unless it is for a time only: then nothing is decided yet.
    """
    found = list(locked(finding_ids).filter(state__in=UNHEALED))
    transaction.on_commit(work.notify)
    audit.moved(found, FindingState.ACCEPTED)
    for finding in found:
        finding.state = FindingState.ACCEPTED
        finding.accepted_by, finding.accepted_reason = acceptance.by, acceptance.reason
        finding.accepted_until = acceptance.until
        is_left = finding.kind == FindingKind.GONE and acceptance.until is None
        if is_left and not requests.refusal(finding, Repair.ACCEPT):
            requests.add(finding, Repair.ACCEPT, acceptance.by, Priority.SYNC)
    Finding.objects.bulk_update(
        found, ["state", "accepted_by", "accepted_reason", "accepted_until"], batch_size=500
    )
    _follow(found)
    return len(found)


@transaction.atomic
def reopen(finding_id: str) -> Finding:
    """Lets an accepted finding wait for somebody again; raises Conflict for any other."""
    finding = locked([finding_id]).get()
    if finding.state != FindingState.ACCEPTED:
        raise Conflict(
            f"This finding is {finding.state}: only an accepted one is opened again.", code=REFUSED
        )
    audit.moved([finding], FindingState.OPEN)
    finding.state = FindingState.OPEN
    finding.accepted_by, finding.accepted_reason, finding.accepted_until = "", "", None
    finding.save(update_fields=["state", "accepted_by", "accepted_reason", "accepted_until"])
    _follow([finding])
    return finding


def _follow(changed: Sequence[Finding]) -> None:
    twins.follow(changed)
    belongings.follow(changed)
