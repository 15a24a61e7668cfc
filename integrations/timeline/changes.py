"""What was made and changed: the audit."""

from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils.text import capfirst

from billing.models import AuditEntry
from billing.models.audit import AuditAction
from integrations.timeline import values, words
from integrations.timeline.cursors import Page
from integrations.timeline.entries import Entry, EntryKind, Place
from integrations.timeline.subjects import Subject

RANK = 1
# Rows whose changes are of a kind of their own.
_OWN = (EntryKind.PAYMENT, EntryKind.REFUND, EntryKind.DISPUTE, EntryKind.CREDIT_NOTE)
KINDS = frozenset({EntryKind.CHANGE, *_OWN})


def read(subject: Subject, page: Page, only: Collection[EntryKind]) -> list[Entry]:
    """The changes of it and of what belongs to it."""
    found = page.of(AuditEntry.objects.filter(subject.audited(), _of(only)), RANK, "at")
    entries = [_entry(one, subject) for one in found]
    place = Place(subject.row.created_at, RANK, 0)
    if len(found) < page.limit and page.has(place) and _is_older_than_audit(subject, found):
        called = capfirst(subject.called(subject.kind, subject.row_id))
        entries.append(Entry(place, EntryKind.CHANGE, f"{called} was made, before changes were noted"))
    return entries


def _is_older_than_audit(subject: Subject, found: Iterable[AuditEntry]) -> bool:
    """Whether the row was made before there was an audit, or its entries were deleted since."""
    made = {"row_id": subject.row_id, "action": AuditAction.CREATED}
    if any((one.row_id, one.action) == (subject.row_id, AuditAction.CREATED) for one in found):
        return False
    return not AuditEntry.objects.filter(**made).exists()


def _of(only: Collection[EntryKind]) -> Q:
    if EntryKind.CHANGE in only:
        return ~Q(kind__in=[kind for kind in _OWN if kind not in only])
    return Q(kind__in=[kind for kind in _OWN if kind in only])


def _entry(one: AuditEntry, subject: Subject) -> Entry:
    kind = EntryKind(one.kind) if one.kind in _OWN else EntryKind.CHANGE
    return Entry(
        Place(one.at, RANK, one.pk),
        kind,
        words.title(one, subject),
        words.who(one, subject),
        details=values.lines(one.changes, subject.at),
        changes=one.changes,
        request_id=one.request_id,
        about=(f"billing.{one.kind.replace('_', '')}", one.row_id),
    )
