"""What one side lacks may be what the other side lacks: then a push or an import would double it."""

from collections.abc import Iterator

from django.db.models import Q

from integrations.models import Finding
from integrations.models.findings import FindingKind, FindingState
from integrations.provider_api import EMAIL, LINK_BY_HAND
from integrations.reconcile.repairing.subjects import Subject

_OPPOSITE = {FindingKind.ONLY_HERE: FindingKind.ONLY_THERE, FindingKind.ONLY_THERE: FindingKind.ONLY_HERE}
# How many are named.
SHOWN = 3


def refusal(subject: Subject) -> str:
    """Why it is not repaired before a person has said whether the two are one, "" where none is like it."""
    found = list(_like(subject))
    if not found:
        return ""
    names = ", ".join(one.entity_id or one.provider_entity_id for one in found[:SHOWN])
    return (
        f"It may be {names}, which the other side lacks. If so, {LINK_BY_HAND}; if not, accept that finding"
        " first, then repair this one."
    )


def _like(subject: Subject) -> Iterator[Finding]:
    finding = subject.finding
    facts = finding.ours if finding.kind == FindingKind.ONLY_HERE else finding.theirs
    same = Finding.objects.filter(
        connection=subject.connection,
        entity_type=finding.entity_type,
        kind=_OPPOSITE[FindingKind(finding.kind)],
        state=FindingState.OPEN,
    )
    is_like = Q(label=finding.label) if finding.label else Q(pk__in=())
    if facts:
        is_like |= Q(ours=facts) | Q(theirs=facts)
    if email := (facts or {}).get(EMAIL):
        is_like |= Q(ours__email__iexact=email) | Q(theirs__email__iexact=email)
    yield from same.filter(is_like).order_by("pk")[: SHOWN + 1]
