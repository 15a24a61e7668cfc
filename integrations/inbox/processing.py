"""The inbox: events are stored before they are acknowledged, and applied later, each in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from integrations.errors import SyncError
from integrations.inbox import batch, claim, outcomes, provider_reads
from integrations.inbox.outcomes import Outcome
from integrations.models import InboundEvent
from integrations.models.inbound import InboundState
from integrations.provider_api import Json
from integrations.queue import inbox_wakeup


@dataclass(frozen=True)
class Round:
    """How many events came to an end or will be tried again, and how many were left because others have what they need."""

    done: int
    left: int


def process(event_id: str, now: datetime) -> bool:
    """Applies one pending event, all or nothing; a failure is recorded after what it did was rolled back.

    False, and nothing done, for an event that is settled, not due, being applied, or whose connection is paused.
    """
    answers: dict[provider_reads.Question, Json] = {}
    while True:
        with transaction.atomic():
            event = claim.one(event_id, now)
            if event is None:
                return False
            results = batch.apply([event], now, answers, blocking=True)
            question = results[event_id]
            if isinstance(question, provider_reads.Question) and len(answers) == provider_reads.MOST:
                question = results[event_id] = outcomes.of(provider_reads.Unanswered(question), event, now)
            _settle(results, now)
        if not isinstance(question, provider_reads.Question):
            return True
        # Outside any transaction; then the handler begins again with the answer.
        try:
            answers[question] = provider_reads.ask(event.connection, question)
        except SyncError as failure:
            with transaction.atomic():
                if claim.one(event_id, now):
                    outcomes.write({event_id: outcomes.of(failure, event, now)}, now)
            return True


def process_due(now: datetime, most: int) -> Round:
    """Applies up to ``most`` due events, oldest first, as few transactions and statements as they need."""
    with transaction.atomic():
        claimed, left = claim.many(now, most)
        results: batch.Results = {}
        for events in claimed.values():
            if events:
                results |= batch.apply(events, now)
        _settle(results, now)
    asking = [event_id for event_id, result in results.items() if isinstance(result, provider_reads.Question)]
    for event_id in asking:
        process(event_id, now)
    taken = sum(map(len, claimed.values()))
    return Round(len(results), left + taken - len(results))


def _settle(results: batch.Results, now: datetime) -> None:
    outcomes.write({key: one for key, one in results.items() if isinstance(one, Outcome)}, now)


def replay(event_ids: Sequence[str], now: datetime) -> int:
    """Lets settled events be applied again from the start, and pending ones at once; answers how many.

    Those whose payload was pruned stay as they are.
    """
    with transaction.atomic():
        count = InboundEvent.objects.filter(pk__in=event_ids, pruned_at__isnull=True).update(
            state=InboundState.PENDING,
            reason="",
            conflict=None,
            attempts=0,
            next_attempt_at=now,
            nudged_at=now,
            settled_at=None,
        )
        inbox_wakeup.notify()
    return count
