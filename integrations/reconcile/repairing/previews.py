"""What a repair would do, told before it is done: by what is known, without a call to the provider."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from billing.errors import BillingError
from integrations.db.rollback import rolled_back
from integrations.errors import SyncError
from integrations.mappings.bases import APART, OPEN, SET, UNDECIDED
from integrations.models.findings import FindingKind, Repair
from integrations.outbox import dry_run
from integrations.outbox.dry_run import PlannedCall
from integrations.reconcile.repairing import requests
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
    summary = _summary(subject, repair)
    if repair == Repair.ACCEPT:
        return Preview(repair, "", summary)
    if repair == Repair.TAKE:
        return Preview(repair, "", summary, _taken(subject))
    try:
        calls = _calls(subject)
    except (SyncError, BillingError) as refusal:
        return Preview(repair, str(refusal))
    return Preview(repair, "", summary, _pushed(subject), calls)


def _summary(subject: Subject, repair: Repair) -> str:
    finding, there = subject.finding, subject.provider.label
    text = _SUMMARIES[repair](FindingKind(finding.kind))
    what = finding.field.replace("_", " ") or f"the {subject.kind}".replace("_", " ")
    return text.format(there=there, what=what, kind=subject.kind.replace("_", " "))


def _push_summary(kind: FindingKind) -> str:
    if kind == FindingKind.GONE:
        return "{there} gets another {kind}; the mapping to the one that is gone stays as history."
    if kind == FindingKind.ONLY_HERE:
        return "{there} gets the {kind}, as it is here."
    return "{there} gets FlexSync's value of {what}."


def _take_summary(kind: FindingKind) -> str:
    if kind == FindingKind.GONE:
        return "The {kind} ends here as well: it is archived, cancelled or voided."
    if kind == FindingKind.ONLY_THERE:
        return "The {kind} comes here, as an import would bring it."
    return "FlexSync gets {there}'s value of {what}, and whatever else has not come here of it."


def _accept_summary(kind: FindingKind) -> str:
    if kind == FindingKind.GONE:
        return "Nothing changes. For ever: nothing more is sent for the {kind} either."
    return "Nothing changes on either side. It is open again when a value changes, or when its time is over."


_SUMMARIES: dict[Repair, Callable[[FindingKind], str]] = {
    Repair.PUSH: _push_summary,
    Repair.TAKE: _take_summary,
    Repair.ACCEPT: _accept_summary,
}


def _taken(subject: Subject) -> list[Change]:
    finding = subject.finding
    if finding.kind == FindingKind.DIFFERS:
        return [Change(HERE, finding.field, finding.ours, finding.theirs)]
    return [Change(HERE, name, None, value) for name, value in (finding.theirs or {}).items()]


def _pushed(subject: Subject) -> list[Change]:
    finding = subject.finding
    if finding.kind != FindingKind.DIFFERS:
        return []
    return [Change(THERE, finding.field, finding.theirs, finding.ours)]


def _calls(subject: Subject) -> Sequence[PlannedCall]:
    if subject.finding.kind == FindingKind.GONE:
        return ()
    with rolled_back():
        if subject.finding.kind == FindingKind.DIFFERS and not subject.is_fact:
            _know(subject)
        return dry_run.plan(subject.connection, subject.kind, subject.finding.entity_id)


def _know(subject: Subject) -> None:
    """Notes what the provider has of the field, as the look of the repair would."""
    mapping, name = subject.mapping(), subject.finding.field
    if mapping is None:
        return
    notes = mapping.metadata
    left = {key: {**notes.get(key, {})} for key in (APART, UNDECIDED)}
    for values in left.values():
        values.pop(name, None)
    known = {**notes.get(SET, {}), name: subject.finding.theirs}
    is_open = [one for one in notes.get(OPEN, ()) if one != name]
    mapping.metadata = {**notes, **left, SET: known, OPEN: is_open}
    mapping.save(update_fields=["metadata"])
