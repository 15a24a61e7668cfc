"""The dry run of an event: its handler really runs, in a transaction that is always rolled back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from billing.events import Kind
from billing.persistence import saves
from billing.persistence.tables import MODELS
from integrations.db import advisory_locks
from integrations.db.rollback import rolled_back
from integrations.gateway.slots import waits
from integrations.inbox import batch, provider_reads, snapshots
from integrations.inbox.outcomes import Outcome
from integrations.inbox.provider_reads import Query, Response, Responses
from integrations.inbox.snapshots import Difference, Snapshot
from integrations.models import EntityMapping, InboundEvent
from integrations.models.inbound import InboundState

# An outcome beside the states in which an event can end: it would be tried again later.
RETRY = "retry"
MAPPING = "mapping"

# A row's kind and id; or MAPPING and the id of the event's object.
Key = tuple[str, str]


@dataclass(frozen=True)
class DryRun:
    """What would become of an event now: applied, ignored, retry or dead; why; and what it would change."""

    event: InboundEvent
    outcome: str
    reason: str = ""
    differences: list[Difference] = field(default_factory=list)


@waits
def preview_event(event: InboundEvent, now: datetime) -> DryRun:
    """What replaying ``event`` would do to things as they are; changes nothing and notifies no worker.

    ``event`` comes with its connection and stays as it is. The object is locked meanwhile, as by a worker,
    and what the handler has to read from the provider is fetched, which changes nothing there either.
    """
    responses: dict[Query, Response] = {}
    while True:
        result = _once(event, now, responses)
        if isinstance(result, DryRun):
            return result
        if len(responses) == provider_reads.MAX_QUERIES:
            return _failed(event, batch.judged(provider_reads.too_many(result), event, now))
        try:
            responses[result] = provider_reads.fetch(event.connection, result)
        except Exception as failure:  # noqa: BLE001 - ``judged`` logs what nobody expected
            return _failed(event, batch.judged(failure, event, now))


def _once(event: InboundEvent, now: datetime, responses: Responses) -> DryRun | Query:
    copy = InboundEvent.objects.select_related("connection").get(pk=event.pk)
    with transaction.atomic():
        if copy.object_id:
            advisory_locks.lock(copy.connection_id, copy.object_id)
        result, after = _rolled_back(copy, now, responses)
        if isinstance(result, Query):
            return result
        if result.state in (InboundState.PENDING, InboundState.DEAD):
            return _failed(event, result)
        before = _snapshots(after, copy)
    return DryRun(event, result.state, result.reason, list(_compared(before, after)))


def _failed(event: InboundEvent, outcome: Outcome) -> DryRun:
    return DryRun(event, RETRY if outcome.state == InboundState.PENDING else outcome.state, outcome.reason)


def _rolled_back(
    event: InboundEvent, now: datetime, responses: Responses
) -> tuple[Outcome | Query, dict[Key, Snapshot]]:
    """What becomes of the event, and how the rows that it changed look then; all of it is rolled back."""
    with rolled_back(), saves.recorded() as saved:
        result = batch.apply([event], now, responses, blocking=True)[event.pk]
        changed = (
            (kind.value, row.pk) for row in saved for kind, model in MODELS.items() if type(row) is model
        )
        after = _snapshots(changed, event)
    return result, after


def _snapshots(rows: Iterable[Key], event: InboundEvent) -> dict[Key, Snapshot]:
    """The rows by kind and id, and last the mapping of the event's object."""
    found = {(kind, row): snapshots.of(Kind(kind), row) for kind, row in rows if kind != MAPPING}
    return found | {(MAPPING, event.object_id): _of_mapping(event)}


def _of_mapping(event: InboundEvent) -> Snapshot:
    mappings = EntityMapping.objects.filter(
        connection_id=event.connection_id, provider_entity_id=event.object_id
    )
    return mappings.values("entity_id", "gone_at").first() or {}


def _compared(before: Mapping[Key, Snapshot], after: Mapping[Key, Snapshot]) -> Iterator[Difference]:
    """The differences; ids that the dry run gave to new rows are not shown, because they will be others."""
    new = {row: f"<new {kind}>" for kind, row in after if kind != MAPPING and not before[kind, row]}
    for (kind, row), snapshot in after.items():
        named = {name: _named(value, new) for name, value in snapshot.items()}
        yield from snapshots.differences(kind, None if row in new else row, before[kind, row], named)


def _named(value: Any, new: Mapping[str, str]) -> Any:
    """``value`` with other names for new rows: an id may be a part of it, such as of an idempotency key."""
    if isinstance(value, str):
        for row, name in new.items():
            value = value.replace(row, name)
    return value
