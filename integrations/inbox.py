"""The inbox: events are stored before they are acknowledged, and applied later, each in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from integrations import applying, claiming, lookups, verdicts, wakeups
from integrations.errors import SyncError
from integrations.models import InboundEvent
from integrations.models.inbound import InboundState
from integrations.provider import Json
from integrations.verdicts import Verdict


@dataclass(frozen=True)
class Round:
    """How many events came to an end or will be tried again, and how many were left because others have what they need."""

    done: int
    left: int


def process(event_id: str, now: datetime) -> bool:
    """Applies one pending event, all or nothing; a failure is recorded after what it did was rolled back.

    False, and nothing done, for an event that is settled, not due, being applied, or whose connection is paused.
    """
    answers: dict[lookups.Question, Json] = {}
    while True:
        with transaction.atomic():
            event = claiming.one(event_id, now)
            if event is None:
                return False
            results = applying.apply([event], now, answers, patient=True)
            question = results[event_id]
            if isinstance(question, lookups.Question) and len(answers) == lookups.MOST:
                question = results[event_id] = verdicts.of(lookups.Unanswered(question), event, now)
            _settle(results, now)
        if not isinstance(question, lookups.Question):
            return True
        # Outside any transaction; then the handler begins again with the answer.
        try:
            answers[question] = lookups.ask(event.connection, question)
        except SyncError as failure:
            with transaction.atomic():
                if claiming.one(event_id, now):
                    verdicts.write({event_id: verdicts.of(failure, event, now)}, now)
            return True


def process_due(now: datetime, most: int) -> Round:
    """Applies up to ``most`` due events, oldest first, as few transactions and statements as they need."""
    with transaction.atomic():
        claimed, left = claiming.many(now, most)
        results: applying.Results = {}
        for events in claimed.values():
            if events:
                results |= applying.apply(events, now)
        _settle(results, now)
    asking = [event_id for event_id, result in results.items() if isinstance(result, lookups.Question)]
    for event_id in asking:
        process(event_id, now)
    taken = sum(map(len, claimed.values()))
    return Round(len(results), left + taken - len(results))


def _settle(results: applying.Results, now: datetime) -> None:
    verdicts.write({key: one for key, one in results.items() if isinstance(one, Verdict)}, now)


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
        wakeups.wake()
    return count
