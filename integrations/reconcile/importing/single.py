"""Applies one object in a transaction of its own: one that was locked, or needs to be read first."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from integrations.db import advisory_locks
from integrations.errors import SyncError
from integrations.inbox import batch, provider_reads
from integrations.inbox.outcomes import Outcome
from integrations.inbox.provider_reads import Query, Response
from integrations.models import InboundEvent
from integrations.reconcile.importing import conflicts, responses
from integrations.reconcile.importing.batch import Objects
from integrations.reconcile.importing.results import Result

# Records results in the transaction that brought them about.
Settle = Callable[[Sequence[Result]], None]


def apply(
    objects: Objects, event: InboundEvent, now: datetime, settle: Settle, known: Mapping[Query, Response]
) -> None:
    """Applies the object, with whatever has to be read for it; raises what ``settle`` raises.

    ``known``: what was read for it already.
    """
    read = dict(known)
    while True:
        # Of an attempt that was rolled back.
        objects.results.pop(event.pk, None)
        with transaction.atomic():
            advisory_locks.lock(objects.connection.pk, event.object_id)
            found = batch.apply([event], now, read, blocking=True, make=objects.make)[event.pk]
            if isinstance(found, Query) and len(read) >= provider_reads.MAX_QUERIES:
                objects.refuse(event, provider_reads.too_many(found))
            if isinstance(found, Outcome) or event.pk in objects.results:
                record(objects, [event], settle)
                return
        try:
            read[found] = responses.fetch(objects.connection, found)
        except SyncError as failure:
            objects.refuse(event, failure)
            with transaction.atomic():
                record(objects, [event], settle)
            return


def record(objects: Objects, events: Sequence[InboundEvent], settle: Settle) -> None:
    """Hands what became of the events' objects to ``settle``."""
    if events:
        settle(conflicts.told(objects.connection.pk, (objects.results[event.pk] for event in events)))
