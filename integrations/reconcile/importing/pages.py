"""Applies one page in one transaction; what that cannot, each object in its own."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from integrations.db import advisory_locks
from integrations.inbox import batch
from integrations.inbox.outcomes import Outcome
from integrations.provider_api import Json
from integrations.reconcile.importing import single
from integrations.reconcile.importing.batch import Objects
from integrations.reconcile.importing.single import Settle


def apply(objects: Objects, page: Sequence[Json], now: datetime, settle: Settle) -> None:
    """Applies the objects of a page; raises what ``settle`` raises, and then leaves the rest."""
    events = [objects.event_of(one) for one in page]
    with transaction.atomic():
        free = advisory_locks.try_locks(objects.connection.pk, {event.object_id for event in events})
        together = [event for event in events if event.object_id in free]
        results = batch.apply(together, now, make=objects.make) if together else {}
        settled = [event for event in together if isinstance(results.get(event.pk), Outcome)]
        single.record(objects, settled, settle)
    done = {event.pk for event in settled}
    for event in events:
        if event.pk not in done:
            single.apply(objects, event, now, settle)
