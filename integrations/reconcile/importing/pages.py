"""Applies one page in one transaction; what that cannot, each object in its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from integrations.db import advisory_locks
from integrations.inbox import batch
from integrations.inbox.outcomes import Outcome
from integrations.inbox.provider_reads import Query, Response
from integrations.models import InboundEvent
from integrations.provider_api import Json
from integrations.reconcile.importing import responses, single
from integrations.reconcile.importing.batch import Objects
from integrations.reconcile.importing.single import Settle


def apply(objects: Objects, page: Sequence[Json], now: datetime, settle: Settle) -> None:
    """Applies the objects of a page; raises what ``settle`` raises, and then leaves the rest."""
    read = responses.Read(objects.connection)
    left = {event.pk: event for event in map(objects.event_of, page)}
    ready = set(left)
    while ready:
        together = [event for id, event in left.items() if id in ready]
        results = _apply(objects, together, now, read.responses, settle)
        left = {id: event for id, event in left.items() if not isinstance(results.get(id), Outcome)}
        ready = read.fetch({id: query for id, query in results.items() if isinstance(query, Query)})
    for event in left.values():
        single.apply(objects, event, now, settle, read.of(event.pk))


def _apply(
    objects: Objects,
    events: Sequence[InboundEvent],
    now: datetime,
    known: Mapping[Query, Response],
    settle: Settle,
) -> batch.Results:
    with transaction.atomic():
        free = advisory_locks.try_locks(objects.connection.pk, {event.object_id for event in events})
        together = [event for event in events if event.object_id in free]
        results = batch.apply(together, now, known, make=objects.make) if together else {}
        settled = [event for event in together if isinstance(results.get(event.pk), Outcome)]
        single.record(objects, settled, settle)
    return results
