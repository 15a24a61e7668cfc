"""What events show of their objects: as the API shows them, read once and then kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.models import WebhookEvent

# The shape in which objects are shown. Only what is added leaves it the same: tests pin the names of all
# fields, and a change of another kind needs another shape beside this one.
SHAPE = "2026-11-30"

# The objects with these ids, as the API shows them, by id; without those that are gone.
Load = Callable[[Sequence[str]], Mapping[str, Any]]
_loaders: dict[str, Load] = {}


def register(kind: str, load: Load) -> None:
    """Lets ``load`` show the objects of a kind."""
    _loaders[kind] = load


def fill(events: Iterable[WebhookEvent]) -> list[WebhookEvent]:
    """The events, all with ``data``: those that had none show their objects as they are now."""
    events = list(events)
    if missing := [event.pk for event in events if event.data_at is None]:
        _show(missing, timezone.now())
        filled = WebhookEvent.objects.in_bulk(missing)
        events = [filled.get(event.pk, event) for event in events]
    return events


@transaction.atomic
def _show(ids: Sequence[str], now: datetime) -> None:
    locked = WebhookEvent.objects.select_for_update().filter(pk__in=ids, data_at=None).order_by("position")
    by_kind: dict[str, list[WebhookEvent]] = {}
    for event in locked:
        by_kind.setdefault(event.object_type, []).append(event)
    for kind, events in by_kind.items():
        found = _loaders[kind]([event.object_id for event in events])
        for event in events:
            gone = {"id": event.object_id, "deleted": True}
            event.data, event.data_at, event.shape = found.get(event.object_id, gone), now, SHAPE
        WebhookEvent.objects.bulk_update(events, ["data", "data_at", "shape"])
