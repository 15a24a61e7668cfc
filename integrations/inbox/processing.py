"""Applies stored events, one or all that are due: each in one transaction with its outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db import OperationalError, transaction

from billing.persistence import time_limits
from integrations.inbox import batch, claim, outcomes, provider_reads
from integrations.inbox.outcomes import Outcome
from integrations.inbox.provider_reads import Query, Response
from integrations.models import InboundEvent
from integrations.models.inbound import InboundState
from integrations.queue import inbox_wakeup


@dataclass(frozen=True)
class Round:
    """``done``: how many events have an outcome now. ``left``: how many need what others have locked."""

    done: int
    left: int


def process(event_id: str, now: datetime) -> bool:
    """Applies one pending event, all or nothing; a failure is recorded after its changes were rolled back.

    Returns False, and does nothing, for an event that is settled, not due, being applied, or whose connection
    is paused.
    """
    try:
        return _process(event_id, now)
    except OperationalError as failure:
        if not time_limits.is_lock(failure):
            raise
        _postpone(event_id, failure, now)
        return True


def _process(event_id: str, now: datetime) -> bool:
    responses: dict[Query, Response] = {}
    while True:
        with transaction.atomic():
            event = claim.one(event_id, now)
            if event is None:
                return False
            results = batch.apply([event], now, responses, blocking=True)
            query = results[event_id]
            if isinstance(query, Query) and len(responses) == provider_reads.MAX_QUERIES:
                failure = provider_reads.too_many(query)
                query = results[event_id] = outcomes.of_failure(failure, event, now)
            _write(results, now)
        if not isinstance(query, Query):
            return True
        # Outside any transaction; then the handler begins again with the response.
        try:
            responses[query] = provider_reads.fetch(event.connection, query)
        except Exception as unfetched:  # noqa: BLE001 - ``judged`` logs what nobody expected
            _postpone(event_id, unfetched, now)
            return True


def _postpone(event_id: str, failure: Exception, now: datetime) -> None:
    """Records a failure after whose rollback nothing of the event is left."""
    with transaction.atomic():
        if event := claim.alone(event_id, now):
            outcomes.write({event_id: batch.judged(failure, event, now)}, now)


def process_due(now: datetime, limit: int) -> Round:
    """Applies up to ``limit`` due events, oldest first, in as few transactions as they need."""
    with transaction.atomic():
        claimed, left = claim.many(now, limit)
        results: batch.Results = {}
        for events in claimed.values():
            if events:
                results |= batch.apply(events, now)
        _write(results, now)
    for event_id in [event_id for event_id, result in results.items() if isinstance(result, Query)]:
        process(event_id, now)
    taken = sum(map(len, claimed.values()))
    return Round(len(results), left + taken - len(results))


def postpone_next(failure: Exception, now: datetime) -> None:
    """Records a failure of the event that is due next, so that it stands in no other's way."""
    with transaction.atomic():
        claimed, _left = claim.many(now, 1)
        for event in chain.from_iterable(claimed.values()):
            outcomes.write({event.pk: batch.judged(failure, event, now)}, now)


def _write(results: batch.Results, now: datetime) -> None:
    settled = {event_id: result for event_id, result in results.items() if isinstance(result, Outcome)}
    outcomes.write(settled, now)


def replay(event_ids: Sequence[str], now: datetime) -> int:
    """Makes settled events pending from the start, and pending ones due; returns how many.

    Those whose payload was pruned stay as they are.
    """
    with transaction.atomic():
        count = InboundEvent.objects.filter(pk__in=event_ids, pruned_at__isnull=True).update(
            state=InboundState.PENDING,
            reason="",
            conflict=None,
            waits_for="",
            attempts=0,
            next_attempt_at=now,
            nudged_at=now,
            settled_at=None,
        )
        inbox_wakeup.notify()
    return count
