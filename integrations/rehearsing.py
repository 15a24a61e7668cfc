"""The dry run of an event: its handler really runs, in a transaction that is always rolled back."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Model

from billing.events import Change, Kind
from billing.services.errors import BillingError
from integrations import advisory, inbox, pictures
from integrations.errors import Rejected, SyncError
from integrations.models import EntityMapping, InboundEvent
from integrations.models.inbound import InboundState
from integrations.pictures import Difference, Picture

# Beside the states in which an event can end: it would be tried again later.
RETRY = "retry"
PAIR = "mapping"

Row = tuple[str, str]
log = structlog.get_logger(__name__)
_heard: ContextVar[list[Row] | None] = ContextVar("heard", default=None)


@dataclass(frozen=True)
class Rehearsal:
    """What would become of an event now: applied, ignored, retry or dead; why; and what it would change."""

    event: InboundEvent
    outcome: str
    reason: str = ""
    differences: list[Difference] = field(default_factory=list)


def overhear(change: Change) -> None:
    """Subscribed to billing's announcements: notes those that a rehearsal of this thread makes."""
    _note(change.kind.value, change.id)


def saw(sender: type[Model], instance: Model, **_: Any) -> None:
    """Told of each row that is saved: some changes, such as the addresses of an invoice, are announced to nobody."""
    _note(sender.__name__.lower(), instance.pk)


def _note(kind: str, row: str) -> None:
    heard = _heard.get()
    if heard is not None:
        heard.append((kind, row))


def rehearse(event: InboundEvent, now: datetime) -> Rehearsal:
    """What replaying ``event`` would do to things as they are; changes nothing and tells no worker.

    ``event`` comes with its connection and stays as it is. The object is locked meanwhile, as for a worker.
    """
    actor = InboundEvent.objects.select_related("connection").get(pk=event.pk)
    with transaction.atomic():
        if actor.object_id:
            advisory.lock(actor.connection_id, actor.object_id)
        try:
            after = _rolled_back(actor, now)
        except (Rejected, BillingError) as failure:
            return _failed(event, InboundState.DEAD, str(failure))
        except SyncError as failure:
            return _failed(event, RETRY, str(failure))
        except Exception as failure:
            # A worker would keep this as the reason and try again.
            log.exception("rehearsal_failed", event_id=event.pk)
            return _failed(event, RETRY, f"{type(failure).__name__}: {failure}")
        before = _pictures(after, actor)
    return Rehearsal(event, actor.state, actor.reason, list(_compared(before, after)))


def _failed(event: InboundEvent, outcome: str, reason: str) -> Rehearsal:
    return Rehearsal(event, outcome, event.connection.masked(reason))


def _rolled_back(event: InboundEvent, now: datetime) -> dict[Row, Picture]:
    """Applies the event, looks at what it changed, and takes all of it back; raises what the handler raises."""
    with transaction.atomic(), _listening() as heard:
        inbox.apply(event, now)
        after = _pictures(heard, event)
        transaction.set_rollback(True)
    return after


@contextmanager
def _listening() -> Iterator[list[Row]]:
    heard: list[Row] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


def _pictures(rows: Iterable[Row], event: InboundEvent) -> dict[Row, Picture]:
    """The rows by kind and id, and last the pair of the event's object."""
    shown = {(kind, row): pictures.of(Kind(kind), row) for kind, row in rows if kind != PAIR}
    return shown | {(PAIR, event.object_id): _pair(event)}


def _pair(event: InboundEvent) -> Picture:
    pairs = EntityMapping.objects.filter(
        connection_id=event.connection_id, provider_entity_id=event.object_id
    )
    return pairs.values("entity_id", "deleted_there").first() or {}


def _compared(before: Mapping[Row, Picture], after: Mapping[Row, Picture]) -> Iterator[Difference]:
    """The differences; ids that the rehearsal gave to new rows will be others, so they are not shown."""
    new = {row: f"<new {kind}>" for kind, row in after if kind != PAIR and not before[kind, row]}
    for (kind, row), picture in after.items():
        named = {name: _named(value, new) for name, value in picture.items()}
        yield from pictures.differences(kind, None if row in new else row, before[kind, row], named)


def _named(value: Any, new: Mapping[str, str]) -> Any:
    return new.get(value, value) if isinstance(value, str) else value
