"""The audit in plain words."""

from django.utils.text import capfirst

from billing.actors import ActorType
from billing.models import AuditEntry
from billing.models.audit import AuditAction
from billing.texts import of_api_key
from integrations.timeline.subjects import Subject
from integrations.timeline.values import name_of, value_of


def title(entry: AuditEntry, subject: Subject) -> str:
    """ "Invoice INV-000017 is now finalized", "Payment of 12.50 USD: method changed"."""
    called = capfirst(subject.called(entry.kind, entry.row_id))
    if entry.action == AuditAction.CREATED:
        return f"{called} was made"
    if entry.action == AuditAction.DELETED:
        return f"{called} was deleted: the real payments took its place"
    if "status" in entry.changes:
        return f"{called} is now {value_of(entry.changes['status'][1])}"
    names = [name_of(column) for column in entry.changes]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{called}: {shown} changed"


def who(entry: AuditEntry, subject: Subject) -> str:
    """Who did it."""
    match entry.actor_type:
        case ActorType.API_KEY:
            return of_api_key(entry.actor)
        case ActorType.OPERATOR:
            return f"{entry.actor}, in the admin"
        case ActorType.EVENT:
            return f"{subject.at(entry.connection_id)}, by event {entry.actor}"
        case ActorType.ANSWER:
            return f"{subject.at(entry.connection_id)}, in its answer to {entry.actor or 'FlexSync'}"
        case ActorType.COMMAND:
            return f"the command {entry.actor}"
    return f"FlexSync ({entry.actor})" if entry.actor else "FlexSync"
