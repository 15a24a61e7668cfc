"""When a field of the provider's object got its value: the event that brought it says so."""

from datetime import datetime
from typing import Any

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
    events = InboundEvent.objects.filter(
        connection_id=connection_id, object_id=provider_id, pruned_at__isnull=True
    )
    for event in events.order_by("-created")[:MOST]:
        if found := time_of(mergeable, event.payload, event.created, name, value):
            return found
    return None
