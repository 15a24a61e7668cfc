"""Applies objects of a list like events, many in one unit of work, and says what became of each."""

import dataclasses
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from billing import actors
from billing.actors import Actor
from billing.errors import BillingError
from billing.persistence.unit_of_work import current_unit_of_work
from integrations.errors import MappingConflict, Missing, SyncError
from integrations.inbox.batch import Batch, MakeBatch
from integrations.inbox.observations import ATTEMPTS
from integrations.inbox.ordering import Step, Steps
from integrations.inbox.outcomes import Outcome
from integrations.inbox.provider_reads import Responses
from integrations.models import Connection, InboundEvent
from integrations.models.imports import ImportOutcome
from integrations.models.inbound import InboundState
from integrations.provider_api import Ignored, Json, Listing, Route, registry
from integrations.reconcile.importing.listed import Listed
from integrations.reconcile.importing.results import LONGEST_LABEL, Result

DELETED = Ignored("It was deleted at the provider meanwhile.")


@dataclass
class Objects:
    """Objects of one page, as if each were an event; ``results`` by the ids of those."""

    connection: Connection
    listing: Listing
    asked_at: datetime
    results: MutableMapping[str, Result] = field(default_factory=dict)

    def event_of(self, provider_object: Json) -> InboundEvent:
        """An event that is never stored."""
        return InboundEvent(
            connection=self.connection,
            type=f"{self.listing.kind}.listed",
            object_id=str(provider_object["id"]),
            created=self.asked_at,
            livemode=self.connection.livemode,
            payload={"data": {"object": provider_object}},
            attempts=ATTEMPTS,
        )

    def tell(
        self, event: InboundEvent, outcome: ImportOutcome, reason: str = "", entity_id: str = ""
    ) -> None:
        """Keeps what became of the event's object."""
        label = self.listing.label(event.payload["data"]["object"])[:LONGEST_LABEL]
        self.results[event.pk] = Result(event.object_id, label, outcome, reason, entity_id)

    def refuse(self, event: InboundEvent, failure: Exception, reason: str = "") -> None:
        """Keeps that it failed: a failure of FlexSync's says why, of others ``reason`` does."""
        is_conflict = isinstance(failure, MappingConflict)
        outcome = ImportOutcome.CONFLICTING if is_conflict else ImportOutcome.REFUSED
        is_told = isinstance(failure, SyncError | BillingError)
        text = str(failure) if is_told else reason or repr(failure)
        self.tell(event, outcome, self.connection.masked(text))

    @property
    def make(self) -> MakeBatch:
        """A batch of such events."""

        def make(
            events: Sequence[InboundEvent], now: datetime, responses: Responses, blocking: bool
        ) -> ListedBatch:
            return ListedBatch(self, events, now, responses, blocking)

        return make


class ListedBatch(Batch):
    """One attempt at all of the objects."""

    context = Listed

    def __init__(
        self,
        objects: Objects,
        events: Sequence[InboundEvent],
        now: datetime,
        responses: Responses,
        blocking: bool,
    ) -> None:
        super().__init__(events, now, responses, blocking)
        self._objects = objects

    def _steps(self) -> Steps:
        listing, provider = self._objects.listing, registry.provider(self._connection.provider)
        route = Route(listing.handler)
        return [Step(event, event.type, route, provider) for event in self._events]

    def _actor(self, step: Step) -> Actor:
        """Whoever imports."""
        return dataclasses.replace(actors.current(), connection_id=self._connection.pk)

    def _handle(self, step: Step) -> Ignored | None:
        kind, provider_id = self._objects.listing.kind, step.event.object_id
        context = cast("Listed", self._context_of(step))
        before, was_here = self._changes(), self._mappings.entity_id_of(kind, provider_id) is not None
        ignored = self._applied(context, step)
        if ignored is not None:
            # Nobody has to look at what FlexSync itself has made, or at what asks for nothing here.
            if ignored.is_echo or ignored.is_in_order:
                self._objects.tell(step.event, ImportOutcome.EQUAL)
            else:
                self._objects.tell(step.event, ImportOutcome.REFUSED, ignored.reason)
            return ignored
        entity_id = self._mappings.entity_id_of(kind, provider_id) or ""
        outcome = ImportOutcome.EQUAL
        if entity_id and self._changes() != before:
            outcome = self._outcome_of(entity_id, was_here)
            context.note(kind, entity_id, provider_id)
        self._objects.tell(step.event, outcome, entity_id=entity_id)
        return None

    def _applied(self, context: Listed, step: Step) -> Ignored | None:
        listing, payload = self._objects.listing, step.event.payload
        shown = payload["data"]["object"]
        if not context.is_outdated(listing, shown):
            return listing.handler(context, payload)
        try:
            current = context.read_current(listing, step.event.object_id)
        except Missing:
            return DELETED
        return listing.handler(context, {"data": {"object": current}})

    def _outcome_of(self, entity_id: str, was_here: bool) -> ImportOutcome:
        work = current_unit_of_work()
        if was_here:
            return ImportOutcome.CHANGED
        return ImportOutcome.MADE if work and work.has_made(entity_id) else ImportOutcome.LINKED

    def _changes(self) -> tuple[int, int]:
        work = current_unit_of_work()
        return (work.changes if work else 0), self._mappings.changes

    def _judged(self, failure: Exception, event: InboundEvent) -> Outcome:
        found = super()._judged(failure, event)
        self._objects.refuse(event, failure, found.reason)
        return Outcome(InboundState.DEAD, found.reason)
