"""Replays events by filter and time range, in bounded batches, each of which is committed by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from billing.errors import Conflict, Invalid
from integrations.inbox import processing
from integrations.inbox.dry_run import DryRun, preview_event
from integrations.models import InboundEvent

# Events of one transaction; events that one request replays; events that one dry run shows.
BATCH, MAX_REPLAYED, MAX_PREVIEWED = 500, 5_000, 100
PRUNED = "event_pruned"

# The filters, and the database's columns for them. ``after`` is the event with which an earlier call ended.
FILTERS = {
    "ids": "pk__in",
    "state": "state",
    "type": "type",
    "object_id": "object_id",
    "connection_id": "connection_id",
    "received_after": "received_at__gte",
    "received_before": "received_at__lt",
    "created_after": "created__gte",
    "created_before": "created__lt",
    "after": "pk__gt",
}


@dataclass(frozen=True)
class Chosen:
    """Events to replay, oldest arrivals first; ``pruned``: how many more match, but have no payload."""

    rows: QuerySet[InboundEvent]
    pruned: int

    def count(self) -> int:
        """How many can be replayed."""
        return self.rows.count()


def choose(filters: Mapping[str, Any], *, environment_id: str = "") -> Chosen:
    """The events that match all ``filters`` (see FILTERS) that are not empty, of one environment if given.

    Raises Invalid when no filter narrows the choice, because replaying all events is never meant.
    """
    given = {name: value for name, value in filters.items() if value}
    if not given.keys() - {"after"}:
        names = ", ".join(name for name in FILTERS if name != "after")
        raise Invalid.of({"body": f"Say which events, by at least one of: {names}."})
    found = InboundEvent.objects.filter(**{FILTERS[name]: value for name, value in given.items()})
    if environment_id:
        found = found.filter(connection__environment_id=environment_id)
    kept = found.filter(pruned_at__isnull=True).order_by("pk")
    return Chosen(kept, found.filter(pruned_at__isnull=False).count())


def replay(chosen: Chosen, *, limit: int | None = None) -> Iterator[list[str]]:
    """Replays up to ``limit`` events (all unless given); yields the ids of each batch once it is committed.

    Events that arrive meanwhile are not among them.
    """
    newest = chosen.rows.order_by("-pk").values_list("pk", flat=True).first()
    last, done = "", 0
    while limit is None or done < limit:
        size = BATCH if limit is None else min(BATCH, limit - done)
        rows = chosen.rows.filter(pk__gt=last, pk__lte=newest or "")
        batch = list(rows.values_list("pk", flat=True)[:size])
        if not batch:
            return
        processing.replay(batch, timezone.now())
        yield batch
        last, done = batch[-1], done + len(batch)


def replay_one(event: InboundEvent, now: datetime) -> None:
    """Makes one event pending again; raises Conflict when its payload was pruned."""
    refuse_pruned(event)
    processing.replay([event.pk], now)


def preview(chosen: Chosen, now: datetime) -> list[DryRun]:
    """What replaying the first MAX_PREVIEWED events would do, each by itself, to things as they are."""
    return [preview_event(event, now) for event in chosen.rows.select_related("connection")[:MAX_PREVIEWED]]


def preview_one(event: InboundEvent, now: datetime) -> DryRun:
    """What replaying the event would do; raises Conflict when its payload was pruned."""
    refuse_pruned(event)
    return preview_event(event, now)


def refuse_pruned(event: InboundEvent) -> None:
    """Raises Conflict when there is no payload any more that could be applied."""
    if event.pruned_at is not None:
        raise Conflict(
            f"The payload was pruned on {event.pruned_at:%Y-%m-%d}, so the event cannot be replayed. "
            "Change the object at the provider instead, or have the provider send the event again.",
            code=PRUNED,
        )
