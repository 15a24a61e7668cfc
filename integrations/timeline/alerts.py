"""What people were told of it: alerts by e-mail, in a chat, or wherever a channel leads."""

from integrations.models import Alert
from integrations.timeline.cursors import Page
from integrations.timeline.entries import Entry, EntryKind, Place
from integrations.timeline.subjects import Subject

RANK = 9


def read(subject: Subject, page: Page) -> list[Entry]:
    """The alerts that were about it, about what belongs to it, or about their objects at the provider."""
    about = Alert.objects.filter(named__overlap=[*subject.names, *subject.objects])
    found = about.filter(key__contains=f":{subject.row.environment_id}:").select_related("channel")
    return [_entry(one) for one in page.of(found, RANK, "raised_at")]


def _entry(one: Alert) -> Entry:
    over = f"over since {one.ended_at:%Y-%m-%d %H:%M} UTC, as it was told" if one.ended_at else ""
    return Entry(
        Place(one.raised_at, RANK, one.pk),
        EntryKind.ALERT,
        f"An alert was sent: {one.title}",
        f"FlexSync, to {one.channel} ({one.channel.shown_address})",
        details=tuple(filter(None, [over])),
        about=("integrations.alert", one.pk),
    )
