"""Applies events of one connection in the caller's transaction: together where they may be, and harming no other."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from django.db import connection as database
from django.db import transaction

from billing.errors import BillingError
from billing.persistence.unit_of_work import MODELS, Prefetch, UnitOfWork, unit_of_work
from integrations.db import advisory_locks
from integrations.errors import SyncError
from integrations.inbox import ordering, outcomes, provider_reads
from integrations.inbox.context import Busy, InboundContext
from integrations.inbox.ordering import Step, Steps
from integrations.inbox.outcomes import APPLIED, Outcome
from integrations.inbox.provider_reads import Answers, Question
from integrations.mappings.session import MappingSession
from integrations.models import Connection, InboundEvent
from integrations.provider_api import Ignored

# What became of each event by its id; a Question where the provider has to be asked first. An event that is not
# here needs what another worker has in hand.
Results = dict[str, Outcome | Question]

# Of objects that have no twin yet and are named by others, how many one transaction locks: PostgreSQL's table of
# locks, which all share, holds some thousands (page "Lock Management", max_locks_per_transaction).
MOST_HELD = 1000

log = structlog.get_logger(__name__)


class _Spoilt(Exception):
    """Some events failed after they had asked for changes: all is taken back, and the others are applied without them."""

    def __init__(self, failures: Mapping[str, Exception]) -> None:
        self.failures = failures


def apply(
    events: Sequence[InboundEvent], now: datetime, answers: Answers | None = None, *, blocking: bool = False
) -> Results:
    """Applies events whose rows and objects the transaction has locked, and says what became of each.

    One that fails is applied by itself in the end, so that its reason is its own. ``blocking``: waits for what another
    worker has in hand; not for a transaction that has other events too, or two would wait for each other.
    """
    try:
        with transaction.atomic():
            return _Batch(events, now, answers or {}, blocking).apply()
    except _Spoilt as spoilt:
        good = [event for event in events if event.pk not in spoilt.failures]
        bad = [event for event in events if event.pk in spoilt.failures]
        results = apply(good, now) if good else {}
        return results | {key: value for event in bad for key, value in apply([event], now).items()}
    except Exception as failure:
        if database.needs_rollback:
            raise
        if len(events) == 1:
            return _result(events[0], failure, now)
        # Whose it was nobody can tell, so the halves are tried, down to the one that cannot be applied.
        half = len(events) // 2
        return apply(events[:half], now) | apply(events[half:], now)


def _result(event: InboundEvent, failure: Exception, now: datetime) -> Results:
    if isinstance(failure, provider_reads.Unanswered):
        return {event.pk: failure.question}
    if isinstance(failure, Busy):
        return {}
    if not isinstance(failure, SyncError | BillingError):
        log.error("event_failed", event_id=event.pk, exc_info=failure)
    return {event.pk: outcomes.of(failure, event, now)}


class _Batch:
    """One attempt at all of them."""

    def __init__(
        self, events: Sequence[InboundEvent], now: datetime, answers: Answers, blocking: bool
    ) -> None:
        self._events = events
        self._connection: Connection = events[0].connection
        self._now, self._answers, self._patient = now, answers, blocking
        self._alone = len(events) == 1
        self._pairs = MappingSession(self._connection.pk)
        self._results: Results = {}

    def apply(self) -> Results:
        """What others need is applied first; all of it is written at the end, or where somebody reads it."""
        steps = ordering.steps(self._events, self._connection, self._results)
        if steps:
            wanted = self._load(steps)
            with unit_of_work(
                self._connection.environment_id, wanted, participants=[self._pairs]
            ) as current_unit_of_work:
                self._take(steps, current_unit_of_work)
        return self._results

    def _load(self, steps: Steps) -> Prefetch:
        """Takes what nobody has yet of all that the events name, and loads the pairs of it; answers which rows."""
        own = {step.event.object_id for step in steps if step.event.object_id}
        named = own if self._alone else own.union(*(step.names.provider_ids for step in steps))
        absent = self._pairs.load(named, held=own) - own
        if absent and not self._alone:
            held = advisory_locks.try_locks(self._connection.pk, sorted(absent)[:MOST_HELD])
            self._pairs.load(held, held=held)
        naming = {kind: set(self._pairs.ids(kind, named - own)) for kind in MODELS}
        for step in steps:
            for kind, entity_id in step.names.entity_ids.items():
                naming[kind].add(entity_id)
        return Prefetch(
            changing={kind: self._pairs.ids(kind, own) for kind in MODELS},
            naming=naming,
            external_ids={step.names.external_id for step in steps} - {""},
        )

    def _take(self, steps: Steps, current_unit_of_work: UnitOfWork) -> None:
        failures: dict[str, Exception] = {}
        for step in steps:
            current_unit_of_work.rows.settle()
            before = current_unit_of_work.asked, self._pairs.asked
            try:
                self._settle(step, self._handle(step))
            except Exception as failure:
                if self._alone or database.needs_rollback:
                    raise
                if (
                    current_unit_of_work.asked,
                    self._pairs.asked,
                ) != before or not current_unit_of_work.take_back():
                    failures[step.event.pk] = failure
                self._results |= _result(step.event, failure, self._now)
        if failures:
            raise _Spoilt(failures)

    def _handle(self, step: Step) -> Ignored | None:
        arrival = InboundContext(
            step.event,
            self._pairs,
            event_type=step.name,
            now=self._now,
            answers=self._answers,
            blocking=self._patient,
        )
        return step.route.handler(arrival, step.event.payload)

    def _settle(self, step: Step, answer: Ignored | None) -> None:
        outcome = outcomes.ignored(answer.reason) if isinstance(answer, Ignored) else APPLIED
        self._results[step.event.pk] = outcome
        for older in step.older:
            self._results[older.pk] = Outcome(
                outcome.state, f"{step.event.provider_event_id} is newer and says all."
            )
