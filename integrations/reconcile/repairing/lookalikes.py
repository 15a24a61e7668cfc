"""What one side lacks may be what the other side has: it is not doubled before a person has spoken."""

from integrations.errors import Rejected
from integrations.models import Finding
from integrations.models.findings import FindingKind, FindingState, Suggestion
from integrations.provider_api import LINK_BY_HAND, Json
from integrations.reconcile.comparing import twins
from integrations.reconcile.comparing.differences import Difference
from integrations.reconcile.repairing.subjects import Subject

REFUSAL = (
    "It may be one, which the other side has as well (the finding names it). If so, "
    f"{LINK_BY_HAND}; if not, accept it, then repair it."
)
TAKEN = (
    "It may be one that has another counterpart already (the finding names both). If so, relink or unlink that one; if"
    " not, accept it, then repair it."
)


def refusal(subject: Subject) -> str:
    """Why it is not repaired before a person has spoken, "" where nothing is like it, or a person has."""
    finding = subject.finding
    if finding.state != FindingState.OPEN or finding.suggested != Suggestion.LINK:
        return ""
    known = twins.of_twins(finding.connection_id, finding.entity_type, finding.twins)
    left = known.left(finding.twins)
    if not left or subject.has_counterpart():
        return ""
    return TAKEN if left[0] in known.taken else REFUSAL


def refuse(subject: Subject, shown: Json | None = None) -> None:
    """Raises Rejected where something is like it by now, and says so of the finding.

    ``shown``: the object that is to be taken; None for a row that is to be pushed.
    """
    if why := look_again(subject, shown):
        raise Rejected(why)


def look_again(subject: Subject, shown: Json | None = None) -> str:
    """Says of the finding that something is like it by now, and returns why it waits; "" where nothing is."""
    finding = subject.finding
    if finding.state != FindingState.OPEN:
        return ""
    found = Difference(FindingKind(finding.kind), finding.entity_id, finding.provider_entity_id)
    if finding.entity_id:
        [now] = twins.of_here(subject.connection, subject.kind, [found])
    elif shown is None:
        return ""
    else:
        by_id = {finding.provider_entity_id: shown}
        [now] = twins.of_there(subject.connection, subject.kind, [found], by_id)
    if now.suggested != Suggestion.LINK:
        return ""
    values = {"suggested": now.suggested, "why": now.why, "twins": list(now.twins)}
    Finding.objects.filter(pk=finding.pk).update(**values)
    return now.why
