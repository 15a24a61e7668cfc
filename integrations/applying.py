"""Applies events of one connection in the caller's transaction: together where they may be, and harming no other."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import structlog
from django.db import DatabaseError, transaction
from django.db import connection as database

from billing.services.errors import BillingError
from billing.services.together import MODELS, Gathered, at_once, together
from integrations import advisory, lookups, sorting, verdicts
from integrations.arrival import Arrival, Busy
from integrations.errors import SyncError
from integrations.lookups import Answers, Question
from integrations.models import Connection, InboundEvent
from integrations.pairs import Pairs
from integrations.provider import Ignored
from integrations.sorting import Step, Steps
from integrations.verdicts import APPLIED, Verdict

# What became of each event by its id; a Question where the provider has to be asked first. An event that is not
# here needs what another worker has in hand.
Results = dict[str, Verdict | Question]

log = structlog.get_logger(__name__)


class _Spoilt(Exception):
    """Some events failed after they had asked for changes: all is taken back, and the others are applied without them."""

    def __init__(self, failures: Mapping[str, Exception]) -> None:
        self.failures = failures


def apply(
    events: Sequence[InboundEvent], now: datetime, answers: Answers | None = None, *, patient: bool = False
) -> Results:
    """Applies events whose rows and objects the transaction has locked, and says what became of each.

    One that fails is applied by itself in the end, so that its reason is its own. ``patient``: waits for what another
    worker has in hand; not for a transaction that has other events too, or two would wait for each other.
    """
    try:
        with transaction.atomic():
            return _Batch(events, now, answers or {}, patient).apply()
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
    if isinstance(failure, lookups.Unanswered):
        return {event.pk: failure.question}
    if isinstance(failure, Busy):
        return {}
    if not isinstance(failure, SyncError | BillingError):
        log.error("event_failed", event_id=event.pk, exc_info=failure)
    return {event.pk: verdicts.of(failure, event, now)}


class _Batch:
    """One attempt at all of them."""

    def __init__(
        self, events: Sequence[InboundEvent], now: datetime, answers: Answers, patient: bool
    ) -> None:
        self._events = {event.pk: event for event in events}
        self._connection: Connection = events[0].connection
        self._now, self._answers, self._patient = now, answers, patient
        self._alone = len(events) == 1
        self._pairs = Pairs(self._connection.pk)
        self._results: Results = {}

    def apply(self) -> Results:
        """Those that may be gathered first: what they are about is what the others need."""
        steps = sorting.steps(list(self._events.values()), self._connection, self._results)
        named = self._load(steps)
        gathering = [step for step in steps if step.gathers]
        if gathering:
            self._gather(gathering, named)
        for step in steps:
            if not step.gathers:
                self._apply_by_itself(step)
        return self._results

    def _load(self, steps: Steps) -> set[str]:
        """Takes what nobody has yet of all that the events name, and loads the pairs of it; answers the names."""
        own = {step.event.object_id for step in steps if step.event.object_id}
        if self._alone:
            self._pairs.load(own, held=own)
            return own
        named = own.union(*(step.names for step in steps))
        absent = self._pairs.load(named, held=own) - own
        if absent:
            held = advisory.try_locks(self._connection.pk, absent)
            self._pairs.load(held, held=held)
        return named

    def _gather(self, steps: Steps, named: set[str]) -> None:
        own = {step.event.object_id for step in steps}
        rows = {kind: self._pairs.ids(kind, own) for kind in MODELS}
        others = {kind: self._pairs.ids(kind, named - own) for kind in MODELS}
        failures: dict[str, Exception] = {}
        with together(self._connection.environment_id, changing=rows, naming=others) as gathered:
            done: set[str] = set()
            for step in steps:
                # What was changed a moment ago has to be there for who reads it.
                if step.event.object_id in done:
                    self._write(gathered)
                    done.clear()
                done.add(step.event.object_id)
                before = gathered.asked, self._pairs.asked
                try:
                    self._settle(step, self._handle(step))
                except Exception as failure:
                    if self._alone or isinstance(failure, DatabaseError):
                        raise
                    if (gathered.asked, self._pairs.asked) != before:
                        failures[step.event.pk] = failure
                    self._results |= _result(step.event, failure, self._now)
            if failures:
                raise _Spoilt(failures)
            self._write(gathered)

    def _write(self, gathered: Gathered) -> None:
        gathered.write()
        self._pairs.write()

    def _apply_by_itself(self, step: Step) -> None:
        try:
            with self._savepoint():
                with at_once():
                    answer = self._handle(step)
                self._pairs.write()
            self._settle(step, answer)
        except Exception as failure:
            if self._alone or database.needs_rollback:
                raise
            self._pairs.forget()
            self._results |= _result(step.event, failure, self._now)

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """One event alone has the whole attempt to itself."""
        if self._alone:
            yield
            return
        with transaction.atomic():
            yield

    def _handle(self, step: Step) -> Ignored | None:
        arrival = Arrival(
            step.event,
            self._pairs,
            event_type=step.name,
            now=self._now,
            answers=self._answers,
            patient=self._patient,
        )
        return step.route.handler(arrival, step.event.payload)

    def _settle(self, step: Step, answer: Ignored | None) -> None:
        verdict = verdicts.ignored(answer.reason) if isinstance(answer, Ignored) else APPLIED
        self._results[step.event.pk] = verdict
        for older in step.older:
            self._results[older.pk] = Verdict(
                verdict.state, f"{step.event.provider_event_id} is newer and says all."
            )
