"""What a repair does, in a sentence."""

from collections.abc import Callable

from integrations.models.findings import FindingKind, Repair
from integrations.reconcile.repairing.subjects import Subject


def summary(subject: Subject, repair: Repair) -> str:
    """For that finding."""
    finding, there = subject.finding, subject.label
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
