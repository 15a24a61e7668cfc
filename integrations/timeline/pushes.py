"""What was sent to providers: syncs with their calls."""

from collections.abc import Mapping

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.text import capfirst

from integrations.models import OutboundCall, OutboundSync
from integrations.models.outbound import CallState, SyncAction, SyncState
from integrations.timeline.cursors import Page
from integrations.timeline.entries import Entry, EntryKind, Place
from integrations.timeline.subjects import Subject

RANK = 2
_DONE = {
    SyncAction.PUSH: "{0} was sent to {1}",
    SyncAction.CHECKOUT: "A page to pay {0} was opened at {1}",
    SyncAction.LOOK: "{0} was looked up at {1}",
    SyncAction.REFUND: "The refund of {0} was sent to {1}",
}
_OPEN = {
    SyncAction.PUSH: "{0} is to be sent to {1}",
    SyncAction.CHECKOUT: "A page to pay {0} is to be opened at {1}",
    SyncAction.LOOK: "{0} is to be looked up at {1}",
    SyncAction.REFUND: "The refund of {0} is to be sent to {1}",
}
# What is added where it has not succeeded.
_ENDED = {
    SyncState.BLOCKED: ": stopped until a person acts",
    SyncState.DEAD: ": given up after too many attempts",
    SyncState.CANCELLED: ": cancelled",
}
_CALLS = {
    CallState.CALLING: "no answer yet",
    CallState.DONE: "done",
    CallState.REFUSED: "refused",
    CallState.SKIPPED: "not needed",
}
# What is read of a call, which may hold much more.
Call = Mapping[str, str]
_CALLS_READ, _READ = "calls_read", ("operation", "state", "request_id", "detail")
_OF_SYNC = OutboundCall.objects.filter(sync=OuterRef("pk")).order_by("pk")


def read(subject: Subject, page: Page) -> list[Entry]:
    """The syncs of it and of what belongs to it; not those that only read."""
    found = OutboundSync.objects.without_refreshes().filter(entity_id__among=subject.names)
    calls = ArraySubquery(_OF_SYNC.values(read=JSONObject(**{name: name for name in _READ})))
    syncs = page.of(found.annotate(**{_CALLS_READ: calls}), RANK, "created_at")
    return [_entry(one, getattr(one, _CALLS_READ), subject) for one in syncs]


def _entry(one: OutboundSync, calls: list[Call], subject: Subject) -> Entry:
    return Entry(
        Place(one.created_at, RANK, one.pk),
        EntryKind.PUSH,
        _title(one, subject),
        one.started_by,
        details=(*_about(one), *(_line(call) for call in calls)),
        state=one.state,
        provider_request_ids=tuple(call["request_id"] for call in calls if call["request_id"]),
        about=("integrations.outboundsync", one.pk),
    )


def _title(one: OutboundSync, subject: Subject) -> str:
    words = _DONE if one.state == SyncState.DONE else _OPEN
    called = subject.called(one.entity_type, one.entity_id)
    text = words.get(SyncAction(one.action), _OPEN[SyncAction.PUSH]).format(
        called, subject.at(one.connection_id)
    )
    return f"{capfirst(text)}{_ENDED.get(SyncState(one.state), '')}"


def _about(one: OutboundSync) -> list[str]:
    attempts = [f"{one.attempts} attempts"] if one.attempts > 1 else []
    return [*attempts, *filter(None, [one.last_error])]


def _line(call: Call) -> str:
    """ "invoices.create: done (req_...)"; of a call that was not made, why."""
    request = f" ({call['request_id']})" if call["request_id"] else ""
    detail = f": {call['detail']}" if call["detail"] else ""
    done = _CALLS[CallState(call["state"])]
    made = f"{call['operation']}: {done}" if call["operation"] else capfirst(done)
    return f"{made}{request}{detail}"
