"""When a field of the provider's object got its value: the event that brought it says so."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from billing.events import Kind
from integrations.models import InboundEvent
from integrations.provider_api import Json, Mergeable, registry, value_of

# How many of an object's events are searched, the latest first.
MOST = 100


def time_of(mergeable: Mergeable, payload: Json, created: datetime, name: str, value: Any) -> datetime | None:
    """``created`` where this event's change gave the field that value, else None."""
    if name not in mergeable.replaced(payload):
        return None
    return created if value_of(mergeable.fields(mergeable.current(payload)), name) == value else None


def stored_time_of(
    connection_id: str, provider: str, kind: Kind, provider_id: str, name: str, value: Any
) -> datetime | None:
    """When the latest stored event says that the field got that value, None where none has come that does."""
    mergeable = registry.provider(provider).mergeables[kind]
    for event in _stored(connection_id, provider_id)[:MOST]:
        if found := time_of(mergeable, event.payload, event.created, name, value):
            return found
    return None


class Change(NamedTuple):
    """What an event says of a field: its values before and after, and whether FlexSync's own call set it."""

    before: Any
    after: Any
    is_own: bool


def stored_changes(
    connection_id: str, provider: str, kind: Kind, provider_id: str, name: str, when: Q
) -> Iterator[Change]:
    """The changes of the field of which those stored events tell that were created then."""
    of = registry.provider(provider)
    mergeable = of.mergeables[kind]
    for payload in _stored(connection_id, provider_id).filter(when).values_list("payload", flat=True)[:MOST]:
        replaced = mergeable.replaced(payload)
        if name in replaced:
            after = value_of(mergeable.fields(mergeable.current(payload)), name)
            yield Change(replaced[name], after, of.is_own(payload))


def end_with_anothers(changes: Iterable[Change]) -> bool:
    """Whether these, of one second, whose order nothing tells, end with a value that only another has set.

    They end with the one to which they lead more often than away from it. False where they end as they began,
    and where they lead to several: then not all of their events have come.
    """
    found = list(changes)
    ends = [one.after for one in found]
    for one in found:
        if one.before in ends:
            ends.remove(one.before)
    return len(ends) == 1 and ends[0] not in [one.after for one in found if one.is_own]


def _stored(connection_id: str, provider_id: str) -> QuerySet[InboundEvent]:
    """The object's events, the latest first."""
    found = InboundEvent.objects.filter(
        connection_id=connection_id, object_id=provider_id, pruned_at__isnull=True
    )
    return found.order_by("-created")
