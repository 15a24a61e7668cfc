"""The dry run of an event: its handler really runs, in a transaction that is always rolled back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from billing.events import Change, Kind
from integrations.db import advisory_locks
from integrations.errors import SyncError
from integrations.inbox import batch, outcomes, provider_reads, snapshots
from integrations.inbox.outcomes import Outcome
from integrations.inbox.snapshots import Difference, Snapshot
from integrations.models import EntityMapping, InboundEvent
from integrations.models.inbound import InboundState
from integrations.provider_api import Json

# Beside the states in which an event can end: it would be tried again later.
RETRY = "retry"
PAIR = "mapping"

Row = tuple[str, str]
_heard: ContextVar[list[Row] | None] = ContextVar("heard", default=None)


@dataclass(frozen=True)
class DryRun:
    """What would become of an event now: applied, ignored, retry or dead; why; and what it would change."""

    event: InboundEvent
    outcome: str
    reason: str = ""
    differences: list[Difference] = field(default_factory=list)


def overhear(changes: Sequence[Change]) -> None:
    """Subscribed to billing's announcements: notes those that a rehearsal of this thread makes."""
    for change in changes:
        _note(change.kind.value, change.id)


def saw(sender: type[Model], instance: Model, **_: Any) -> None:
    """Told of each row that is saved: some changes, such as the addresses of an invoice, are announced to nobody."""
    _note(sender.__name__.lower(), instance.pk)


def _note(kind: str, row: str) -> None:
    heard = _heard.get()
    if heard is not None:
        heard.append((kind, row))


def preview_event(event: InboundEvent, now: datetime) -> DryRun:
    """What replaying ``event`` would do to things as they are; changes nothing and tells no worker.

    ``event`` comes with its connection and stays as it is. The object is locked meanwhile, as for a worker, and what
    the handler has to know of the provider is asked, which changes nothing there either.
    """
    answers: dict[provider_reads.Question, Json] = {}
    while True:
        rehearsal = _once(event, now, answers)
        if isinstance(rehearsal, DryRun):
            return rehearsal
        try:
            answers[rehearsal] = provider_reads.ask(event.connection, rehearsal)
        except SyncError as failure:
            return _failed(event, outcomes.of(failure, event, now))


def _once(
    event: InboundEvent, now: datetime, answers: provider_reads.Answers
) -> DryRun | provider_reads.Question:
    actor = InboundEvent.objects.select_related("connection").get(pk=event.pk)
    with transaction.atomic():
        if actor.object_id:
            advisory_locks.lock(actor.connection_id, actor.object_id)
        result, after = _rolled_back(actor, now, answers)
        if isinstance(result, provider_reads.Question):
            return result
        if result.state in (InboundState.PENDING, InboundState.DEAD):
            return _failed(event, result)
        before = _pictures(after, actor)
    return DryRun(event, result.state, result.reason, list(_compared(before, after)))


def _failed(event: InboundEvent, outcome: Outcome) -> DryRun:
    return DryRun(event, RETRY if outcome.state == InboundState.PENDING else outcome.state, outcome.reason)


def _rolled_back(
    event: InboundEvent, now: datetime, answers: provider_reads.Answers
) -> tuple[Outcome | provider_reads.Question, dict[Row, Snapshot]]:
    """What becomes of the event, and what it changed; all of it is taken back."""
    with transaction.atomic(), _listening() as heard:
        heard += _twins(event)
        result = batch.apply([event], now, answers, blocking=True)[event.pk]
        after = _pictures(heard, event)
        transaction.set_rollback(True)
    return result, after


def _twins(event: InboundEvent) -> Iterable[Row]:
    """Ours of the event's object: a handler may change it without a word."""
    pairs = EntityMapping.objects.filter(
        connection_id=event.connection_id, provider_entity_id=event.object_id
    )
    return pairs.exclude(entity_id="").values_list("entity_type", "entity_id")


@contextmanager
def _listening() -> Iterator[list[Row]]:
    heard: list[Row] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


def _pictures(rows: Iterable[Row], event: InboundEvent) -> dict[Row, Snapshot]:
    """The rows by kind and id, and last the pair of the event's object."""
    shown = {(kind, row): snapshots.of(Kind(kind), row) for kind, row in rows if kind != PAIR}
    return shown | {(PAIR, event.object_id): _pair(event)}


def _pair(event: InboundEvent) -> Snapshot:
    pairs = EntityMapping.objects.filter(
        connection_id=event.connection_id, provider_entity_id=event.object_id
    )
    return pairs.values("entity_id", "deleted_there").first() or {}


def _compared(before: Mapping[Row, Snapshot], after: Mapping[Row, Snapshot]) -> Iterator[Difference]:
    """The differences; ids that the rehearsal gave to new rows will be others, so they are not shown."""
    new = {row: f"<new {kind}>" for kind, row in after if kind != PAIR and not before[kind, row]}
    for (kind, row), picture in after.items():
        named = {name: _named(value, new) for name, value in picture.items()}
        yield from snapshots.differences(kind, None if row in new else row, before[kind, row], named)


def _named(value: Any, new: Mapping[str, str]) -> Any:
    return new.get(value, value) if isinstance(value, str) else value
