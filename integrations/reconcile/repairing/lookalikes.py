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


def refusal(finding: Finding) -> str:
    """Why it is not repaired before a person has spoken, "" where nothing is like it, or a person has."""
    is_open = finding.state == FindingState.OPEN
    return REFUSAL if is_open and finding.suggested == Suggestion.LINK else ""


def refuse(subject: Subject, shown: Json | None = None) -> None:
    """Raises Rejected where something is like it by now, and says so of the finding.

    ``shown``: the object that is to be taken; None for a row that is to be pushed.
    """
    finding = subject.finding
    if finding.state != FindingState.OPEN:
        return
    found = Difference(FindingKind(finding.kind), finding.entity_id, finding.provider_entity_id)
    if shown is None:
        [now] = twins.of_here(subject.connection, subject.kind, [found])
    else:
        by_id = {finding.provider_entity_id: shown}
        [now] = twins.of_there(subject.connection, subject.kind, [found], by_id)
    if now.suggested != Suggestion.LINK:
        return
    values = {"suggested": now.suggested, "why": now.why, "twins": list(now.twins)}
    Finding.objects.filter(pk=finding.pk).update(**values)
    raise Rejected(now.why)
