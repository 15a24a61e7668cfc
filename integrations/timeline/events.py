"""What providers told: events about the objects of the row and of what belongs to it."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from django.db.models import Q

from billing.actors import ActorType
from billing.models import AuditEntry
from integrations.models import InboundEvent
from integrations.models.inbound import InboundState
from integrations.timeline.cursors import Page
from integrations.timeline.entries import Entry, EntryKind, Place
from integrations.timeline.subjects import Subject

RANK = 3
# How many changes are searched for events of objects that have no row here.
MOST_CHANGES = 1000
# How long after an event came it changes something: it is tried for about four hours.
LONGEST_WAIT = timedelta(hours=6)
_STATES = {
    InboundState.PENDING: "waits to be applied",
    InboundState.APPLIED: "was applied",
    InboundState.IGNORED: "was ignored",
    InboundState.DEAD: "could not be applied: a person has to act",
}


# What events changed, in words, by the provider's ids of the events.
Changed = Mapping[str, Collection[str]]


def read(subject: Subject, page: Page) -> list[Entry]:
    """Those that name one of the objects, or have changed something, with what they changed."""
    changed = _changed(subject, page)
    about = Q(object_id__among=subject.objects) | Q(provider_event_id__among=changed)
    found = InboundEvent.objects.filter(about, connection_id__in=list(subject.connections))
    events = page.of(found.defer("payload"), RANK, "received_at")
    return [_entry(one, subject, changed.get(one.provider_event_id, ())) for one in events]


def _changed(subject: Subject, page: Page) -> Changed:
    """What was changed by events that may be on the page: each came before what it changed."""
    entries = AuditEntry.objects.filter(subject.audited(), actor_type=ActorType.EVENT)
    if page.before:
        entries = entries.filter(at__lt=page.before.at + LONGEST_WAIT)
    newest = entries.order_by("-at", "-pk").values_list("actor", "kind", "row_id")[:MOST_CHANGES]
    changed: dict[str, dict[str, None]] = {}
    for actor, kind, row_id in reversed(newest):
        changed.setdefault(actor, {})[subject.called(kind, row_id)] = None
    return changed


def _entry(one: InboundEvent, subject: Subject, changed: Collection[str]) -> Entry:
    applied = f"changed {', '.join(changed)}" if changed else "changed nothing here"
    details = [applied] if one.state == InboundState.APPLIED else []
    return Entry(
        Place(one.received_at, RANK, one.pk),
        EntryKind.EVENT,
        f"Event {one.type} of {one.object_id} {_STATES[InboundState(one.state)]}",
        f"{subject.at(one.connection_id)}, by event {one.provider_event_id}",
        details=(*details, *filter(None, [one.reason])),
        state=one.state,
        about=("integrations.inboundevent", one.pk),
    )
