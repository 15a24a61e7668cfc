"""Applies one page in one transaction; what that cannot, each object in its own."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from integrations.db import advisory_locks
from integrations.errors import SyncError
from integrations.inbox import batch, provider_reads
from integrations.inbox.outcomes import Outcome
from integrations.inbox.provider_reads import Query, Response
from integrations.models import InboundEvent
from integrations.models.outbound import Priority
from integrations.provider_api import Json
from integrations.reconcile.importing import conflicts
from integrations.reconcile.importing.batch import Objects
from integrations.reconcile.importing.patience import patiently
from integrations.reconcile.importing.results import Result

# Records results in the transaction that brought them about.
Settle = Callable[[Sequence[Result]], None]


def apply(objects: Objects, page: Sequence[Json], now: datetime, settle: Settle) -> None:
    """Applies the objects of a page; raises what ``settle`` raises, and then leaves the rest."""
    events = [objects.event_of(one) for one in page]
    with transaction.atomic():
        free = advisory_locks.try_locks(objects.connection.pk, {event.object_id for event in events})
        together = [event for event in events if event.object_id in free]
        results = batch.apply(together, now, make=objects.make) if together else {}
        settled = [event for event in together if isinstance(results.get(event.pk), Outcome)]
        _settle(objects, settled, settle)
    done = {event.pk for event in settled}
    for event in events:
        if event.pk not in done:
            _alone(objects, event, now, settle)


def _alone(objects: Objects, event: InboundEvent, now: datetime, settle: Settle) -> None:
    """Applies an object that was locked, or needs to be read from the provider."""
    responses: dict[Query, Response] = {}
    while True:
        with transaction.atomic():
            advisory_locks.lock(objects.connection.pk, event.object_id)
            found = batch.apply([event], now, responses, blocking=True, make=objects.make)[event.pk]
            if isinstance(found, Query) and len(responses) == provider_reads.MAX_QUERIES:
                objects.refuse(event, provider_reads.too_many(found))
            if isinstance(found, Outcome) or event.pk in objects.results:
                _settle(objects, [event], settle)
                return
        try:
            responses[found] = _fetch(objects, found)
        except SyncError as failure:
            objects.refuse(event, failure)
            with transaction.atomic():
                _settle(objects, [event], settle)
            return


def _fetch(objects: Objects, query: Query) -> Response:
    return patiently(lambda: provider_reads.fetch(objects.connection, query, Priority.BACKFILL))


def _settle(objects: Objects, events: Sequence[InboundEvent], settle: Settle) -> None:
    if events:
        settle(conflicts.told(objects.connection.pk, (objects.results[event.pk] for event in events)))
