"""What a repair would make beside its own is not doubled either: it waits for a link as that does."""

from integrations.errors import Rejected
from integrations.models import Finding
from integrations.models.findings import ONE_SIDED, FindingKind, Repair, Suggestion
from integrations.models.outbound import Priority
from integrations.provider_api import Json
from integrations.reconcile.comparing import belongings
from integrations.reconcile.repairing import lookalikes, looks
from integrations.reconcile.repairing.subjects import Subject


def refusal(subject: Subject, repair: Repair) -> str:
    """Why the repair has to wait, by what is known without a call; "" where it has not."""
    finding = subject.finding
    if repair == Repair.PUSH:
        made = _of_push(subject)
    elif finding.kind in (FindingKind.DIFFERS, FindingKind.ONLY_THERE):
        made = finding.belongs_to
    else:
        made = []
    return _why(subject, made)


def refuse_push(subject: Subject) -> None:
    """Raises Rejected where the push of its row would double what it belongs to; looks at that once more."""
    made = _of_push(subject)
    for one in belongings.own_findings(subject.connection.pk, made):
        lookalikes.look_again(Subject(one))
    _refuse(subject, made)


def refuse_take(subject: Subject, shown: Json, priority: Priority) -> None:
    """The same of its object, which is ``shown``; a call for each object that would come with it."""
    if subject.comparable is None:
        return
    provider_id, connection_id = subject.finding.provider_entity_id, subject.connection.pk
    found = belongings.of_objects(connection_id, subject.comparable, {provider_id: shown})
    made = found.get(provider_id, [])
    for one in belongings.own_findings(connection_id, made):
        if one.suggested != Suggestion.LINK:
            lookalikes.look_again(Subject(one), looks.look(Subject(one), priority).shown)
    _refuse(subject, made)


def _of_push(subject: Subject) -> list[str]:
    row_id = subject.finding.entity_id
    return belongings.of_rows(subject.connection.pk, subject.kind, [row_id]).get(row_id, [])


def _why(subject: Subject, made: list[str]) -> str:
    if not made:
        return ""
    why = belongings.waiting(subject.connection.pk, made)
    return belongings.first_of(why, made, subject.finding.kind)


def _refuse(subject: Subject, made: list[str]) -> None:
    why, finding = _why(subject, made), subject.finding
    if not why:
        return
    if finding.kind in ONE_SIDED:
        values = {"suggested": Suggestion.LINK, "why": why, "belongs_to": made}
        Finding.objects.filter(pk=finding.pk).update(**values)
    raise Rejected(why)
