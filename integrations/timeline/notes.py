"""What operators wrote down."""

from billing.errors import Invalid
from billing.events import Kind
from billing.texts import is_storable
from integrations.models import Note
from integrations.timeline.cursors import Page
from integrations.timeline.entries import Entry, EntryKind, Place
from integrations.timeline.subjects import Subject

RANK = 8


def read(subject: Subject, page: Page) -> list[Entry]:
    """Notes about it and about what belongs to it."""
    found = Note.objects.filter(entity_id__among=subject.names)
    return [
        Entry(
            Place(one.created_at, RANK, one.pk),
            EntryKind.NOTE,
            f"Note about {subject.called(one.entity_type, one.entity_id)}",
            one.written_by,
            details=(one.text,),
        )
        for one in page.of(found, RANK, "created_at")
    ]


def add(kind: Kind, row_id: str, *, text: str, written_by: str) -> Note:
    """A new note; raises Invalid for no text, or one that is too long."""
    text = text.strip()
    if not text or len(text) > Note.LONGEST or not is_storable(text):
        raise Invalid.of({"text": f"Write 1 to {Note.LONGEST} characters."})
    return Note.objects.create(entity_type=kind.value, entity_id=row_id, text=text, written_by=written_by)
