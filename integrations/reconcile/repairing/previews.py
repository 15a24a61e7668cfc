"""What a repair would do, told before it is done: by what is known, without a call to the provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from billing.errors import BillingError
from integrations.errors import SyncError
from integrations.models.findings import FindingKind, Repair
from integrations.outbox.dry_run import PlannedCall
from integrations.reconcile.comparing import values
from integrations.reconcile.repairing import planned, requests, wording
from integrations.reconcile.repairing.subjects import Subject

HERE, THERE = "here", "there"


@dataclass(frozen=True)
class Change:
    """``side``: "here" or "there"; values as the finding spells them, None for nothing."""

    side: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Preview:
    """``refusal``: why it is impossible, "" where it is not. ``calls``: those to the provider."""

    repair: Repair
    refusal: str
    summary: str = ""
    changes: Sequence[Change] = ()
    calls: Sequence[PlannedCall] = ()


def previews(subject: Subject) -> list[Preview]:
    """One for each repair."""
    return [of(subject, one) for one in Repair]


def of(subject: Subject, repair: Repair) -> Preview:
    """What that repair would do, or why it is impossible."""
    if why := requests.refusal(subject.finding, repair):
        return Preview(repair, why)
    summary = wording.summary(subject, repair)
    if repair == Repair.ACCEPT:
        return Preview(repair, "", summary)
    try:
        if repair == Repair.TAKE:
            return Preview(repair, "", summary, _taken(subject))
        calls = planned.calls(subject)
    except (SyncError, BillingError) as refusal:
        return Preview(repair, str(refusal))
    return Preview(repair, "", summary, _pushed(subject), calls)


def _taken(subject: Subject) -> list[Change]:
    finding = subject.finding
    if finding.kind == FindingKind.DIFFERS:
        after = values.shown(finding, planned.taken(subject))
        return [Change(HERE, finding.field, values.ours(finding), after)]
    return [Change(HERE, name, None, value) for name, value in (finding.theirs or {}).items()]


def _pushed(subject: Subject) -> list[Change]:
    finding = subject.finding
    if finding.kind != FindingKind.DIFFERS:
        return []
    return [Change(THERE, finding.field, values.theirs(finding), values.ours(finding))]
