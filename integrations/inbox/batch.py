"""Applies events of one connection in the caller's transaction; one that fails harms no other."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog
from django.db import DataError, transaction
from django.db import connection as database

from billing.actors import Actor, ActorType, acting
from billing.errors import BillingError
from billing.persistence import time_limits
from billing.persistence.prefetch import Prefetch
from billing.persistence.row_locks import RowLocked
from billing.persistence.tables import MODELS
from billing.persistence.unit_of_work import UnitOfWork, unit_of_work
from integrations.db import advisory_locks
from integrations.errors import Retry, SyncError
from integrations.inbox import ordering, outcomes, provider_reads
from integrations.inbox.context import Busy, InboundContext
from integrations.inbox.naming_customers import NamingCustomers
from integrations.inbox.ordering import Step, Steps
from integrations.inbox.outcomes import Outcome
from integrations.inbox.own_calls import OwnCalls
from integrations.inbox.provider_reads import Query, Responses
from integrations.inbox.refreshes import Refreshes
from integrations.inbox.stored_events import StoredEvents
from integrations.inbox.stored_payments import StoredPayments
from integrations.mappings.link_choices import LinkChoices
from integrations.mappings.session import MappingSession
from integrations.models import Connection, InboundEvent
from integrations.provider_api import Ignored

# What became of each event by its id; a Query where the provider has to be asked first. An event that is
# missing needs an object that another worker has locked.
Results = dict[str, Outcome | Query]

# How many objects without a mapping one transaction locks, beside the events' own: PostgreSQL's table of
# locks, which all transactions share, holds some thousands (page "Lock Management").
MAX_LOCKS = 1000

log = structlog.get_logger(__name__)


class _SomeFailed(Exception):
    """Some events failed after a change: all is rolled back, and the rest is applied without them."""

    def __init__(self, failures: Mapping[str, Exception]) -> None:
        self.failures = failures


def apply(
    events: Sequence[InboundEvent],
    now: datetime,
    responses: Responses | None = None,
    *,
    blocking: bool = False,
    make: "MakeBatch | None" = None,
) -> Results:
    """Applies events whose rows and objects the transaction has locked; returns what became of each.

    One that fails is applied by itself in the end, so that its reason is its own. ``blocking``: waits for
    what another worker has locked; not for a transaction that has other events too, or two would wait for
    each other. ``make``: a Batch for what is no event, but applied like one.
    """
    batch = (make or Batch)(events, now, responses or {}, blocking)
    try:
        with transaction.atomic():
            return batch.apply()
    except _SomeFailed as some:
        good = [event for event in events if event.pk not in some.failures]
        bad = [[event] for event in events if event.pk in some.failures]
        return _each([good, *bad] if good else bad, now, make)
    except Exception as failure:
        if database.needs_rollback:
            raise
        if len(events) == 1:
            return batch.result_of(events[0], failure)
        # Which event failed cannot be told, so the halves are tried, down to the one that cannot be applied.
        half = len(events) // 2
        return _each([events[:half], events[half:]], now, make)


def _each(groups: Sequence[Sequence[InboundEvent]], now: datetime, make: "MakeBatch | None") -> Results:
    results: Results = {}
    for events in groups:
        results |= apply(events, now, make=make)
    return results


def judged(failure: Exception, event: InboundEvent, now: datetime) -> Outcome:
    """The outcome of any failure of the event; one that nobody expected is logged with its traceback."""
    if time_limits.is_lock(failure):
        failure = Retry(time_limits.LOCKED)
    if not isinstance(failure, SyncError | BillingError | DataError):
        log.error("event_failed", event_id=event.pk, exc_info=failure)
    return outcomes.of_failure(failure, event, now)


class Batch:
    """One attempt at all of the events. ``context``: what their handlers may ask for."""

    context: type[InboundContext] = InboundContext

    def __init__(
        self, events: Sequence[InboundEvent], now: datetime, responses: Responses, blocking: bool
    ) -> None:
        self._events = events
        self._connection: Connection = events[0].connection
        self._now, self._responses, self._blocking = now, responses, blocking
        self._is_single = len(events) == 1
        self._mappings = MappingSession(self._connection.pk)
        self._stored = StoredEvents(self._connection.pk, ())
        self._payments = StoredPayments(self._connection.environment_id, ())
        self._customers = NamingCustomers(self._connection.environment_id, ())
        self._choices = LinkChoices(self._connection.pk, ())
        self._refreshes = Refreshes(self._connection.pk)
        self._calls = OwnCalls(self._connection.pk)
        self._results: Results = {}

    def apply(self) -> Results:
        """Applies first what others need; all of it is written at the end, or before something reads it."""
        steps = self._steps()
        if steps:
            prefetch = self._load(steps)
            with unit_of_work(
                self._connection.environment_id,
                prefetch,
                participants=(self._mappings, self._refreshes),
                waits=self._blocking,
            ) as work:
                self._apply_steps(steps, work)
        return self._results

    def result_of(self, event: InboundEvent, failure: Exception) -> Results:
        """What becomes of the event that failed; nothing where another worker has what it needs."""
        if isinstance(failure, provider_reads.ResponseNeeded):
            return {event.pk: failure.query}
        return {} if isinstance(failure, Busy | RowLocked) else {event.pk: self._judged(failure, event)}

    def _judged(self, failure: Exception, event: InboundEvent) -> Outcome:
        return judged(failure, event, self._now)

    def _steps(self) -> Steps:
        return ordering.steps(self._events, self._connection, self._results)

    def _load(self, steps: Steps) -> Prefetch:
        """Locks what the events name, where it is free, and loads its mappings; returns what to read."""
        own = {step.event.object_id for step in steps if step.event.object_id}
        named = own if self._is_single else own.union(*(step.names.provider_ids for step in steps))
        unlinked = self._mappings.load(named, locked=own)
        self._stored = StoredEvents(self._connection.pk, unlinked)
        self._payments = StoredPayments(self._connection.environment_id, unlinked)
        self._customers = NamingCustomers(self._connection.environment_id, unlinked)
        self._choices = LinkChoices(self._connection.pk, unlinked)
        keys = {step.names.own_key for step in steps} - {""}
        self._calls = OwnCalls(self._connection.pk, own - unlinked, keys)
        unmapped = unlinked - own
        if unmapped and not self._is_single:
            locked = advisory_locks.try_locks(self._connection.pk, sorted(unmapped)[:MAX_LOCKS])
            self._mappings.load(locked, locked=locked)
        naming = {kind: set(self._mappings.entity_ids(kind, named - own)) for kind in MODELS}
        for step in steps:
            for kind, entity_id in step.names.entity_ids.items():
                naming[kind].add(entity_id)
        return Prefetch(
            changing={kind: self._mappings.entity_ids(kind, own) for kind in MODELS},
            naming=naming,
            external_ids={step.names.external_id for step in steps} - {""},
        )

    def _apply_steps(self, steps: Steps, work: UnitOfWork) -> None:
        failures: dict[str, Exception] = {}
        for step in steps:
            work.rows.checkpoint()
            before = work.changes, self._mappings.changes
            try:
                self._refuse_busy(step, work)
                with acting(self._actor(step)):
                    self._record(step, self._handle(step))
            except Exception as failure:
                if self._is_single or database.needs_rollback:
                    raise
                if (work.changes, self._mappings.changes) != before or not work.forget_touched():
                    failures[step.event.pk] = failure
                self._results |= self.result_of(step.event, failure)
        if failures:
            raise _SomeFailed(failures)

    def _refuse_busy(self, step: Step, work: UnitOfWork) -> None:
        """Raises RowLocked where others have locked a row that the event names, or only points at."""
        if work.busy:
            named = {step.event.object_id, *step.names.provider_ids}
            for kind, model in MODELS.items():
                for row_id in self._mappings.entity_ids(kind, named):
                    work.busy.refuse(model, row_id)

    def _actor(self, step: Step) -> Actor:
        return Actor(ActorType.EVENT, step.event.provider_event_id, self._connection.pk)

    def _handle(self, step: Step) -> Ignored | None:
        return step.route.handler(self._context_of(step), step.event.payload)

    def _context_of(self, step: Step) -> InboundContext:
        return self.context(
            self._connection,
            self._mappings,
            event_type=step.name,
            event_id=step.event.provider_event_id,
            created=step.event.created,
            received_at=step.event.received_at,
            attempts=step.event.attempts,
            now=self._now,
            responses=self._responses,
            stored=self._stored,
            payments=self._payments,
            customers=self._customers,
            choices=self._choices,
            refreshes=self._refreshes,
            calls=self._calls,
            blocking=self._blocking,
        )

    def _record(self, step: Step, returned: Ignored | None) -> None:
        outcome = outcomes.of_handler(returned)
        self._results[step.event.pk] = outcome
        for older in step.older:
            self._results[older.pk] = Outcome(
                outcome.state, f"The newer event {step.event.provider_event_id} holds the whole object."
            )


MakeBatch = Callable[[Sequence[InboundEvent], datetime, Responses, bool], Batch]
