"""When a field of the provider's object got its value: the event that brought it says so."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

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


def stored_changes(
    connection_id: str, provider: str, kind: Kind, provider_id: str, name: str, since: datetime
) -> Iterator[tuple[Any, bool]]:
    """What the field was before the changes of which stored events tell, of later seconds than ``since``.

    And whether FlexSync's own call made the change.
    """
    is_own, mergeable = registry.provider(provider).is_own, registry.provider(provider).mergeables[kind]
    for event in _stored(connection_id, provider_id).filter(created__gt=since)[:MOST]:
        replaced = mergeable.replaced(event.payload)
        if name in replaced:
            yield replaced[name], is_own(event.payload)


def _stored(connection_id: str, provider_id: str) -> QuerySet[InboundEvent]:
    """The object's events, the latest first."""
    found = InboundEvent.objects.filter(
        connection_id=connection_id, object_id=provider_id, pruned_at__isnull=True
    )
    return found.order_by("-created")
