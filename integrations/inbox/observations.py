"""Applies what an answer of the provider shows, as an event would; a decision joins its transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from billing import actors
from billing.actors import ActorType, acting
from billing.errors import BillingError
from billing.events import Kind
from billing.persistence.prefetch import Prefetch
from billing.persistence.unit_of_work import unit_of_work
from integrations.db import advisory_locks
from integrations.errors import Rejected
from integrations.inbox import provider_reads
from integrations.inbox.context import LOOKED_AT, InboundContext
from integrations.inbox.evidence import AnswerEvidence
from integrations.inbox.naming_customers import NamingCustomers
from integrations.inbox.own_calls import OwnCalls
from integrations.inbox.provider_reads import Query, Response, ResponseNeeded, Responses
from integrations.inbox.refreshes import Refreshes
from integrations.inbox.stored_events import StoredEvents
from integrations.inbox.stored_payments import StoredPayments
from integrations.mappings.link_choices import LinkChoices
from integrations.mappings.session import MappingSession
from integrations.models import Connection
from integrations.models.outbound import Priority
from integrations.provider_api import First, Freshness, Json, Sent, registry
from integrations.provider_api.outbound import NOTHING

# As if an event had been tried often: what is missing does not arrive by waiting.
ATTEMPTS = 1000

Decided = TypeVar("Decided")


class Observation(InboundContext):
    """An answer being applied: it is as new as can be, and must not make true events stale."""

    sent: Sent | None = None

    def merge(self, kind: Kind, entity_id: str, current: Json, *, first: First | None = None) -> None:
        """Merges what the answer shows; of what its call set, the base is what was sent."""
        if first is None:
            self._merging(kind, entity_id).observe(current, self.sent)
        else:
            super().merge(kind, entity_id, current, first=first)

    def may_precede_look(self, kind: Kind, provider_id: str) -> bool:
        """Never: it is the look itself."""
        return False

    def _observe(self, kind: Kind, provider_id: str, rank: int) -> Freshness:
        return Freshness.FRESH

    def _evidence(self, kind: Kind, provider_id: str) -> AnswerEvidence:
        return AnswerEvidence(self._connection, kind, provider_id)


def observe(
    connection: Connection,
    kind: Kind,
    provider_object: Json,
    *,
    asked_at: datetime,
    decide: Callable[[], Decided] | None = None,
    notes: Json = NOTHING,
    priority: Priority = Priority.PERSON,
    sent: Sent | None = None,
) -> Decided | None:
    """Applies ``provider_object`` by the provider's observer of the kind; returns what ``decide`` returns.

    Both in one transaction, with ``notes`` on its mapping; what the observer has to look up is read outside
    of it, and it begins again. ``asked_at``: when the call was made that showed the object. ``sent``: what
    that call has set of it. Raises Retry, or Rejected for an object that billing refuses.
    """
    notes = {**notes, LOOKED_AT: asked_at.isoformat()}
    responses: dict[Query, Response] = {}
    actor = replace(actors.current(), type=ActorType.ANSWER, connection_id=connection.pk)
    while True:
        try:
            with transaction.atomic(), acting(actor):
                _apply(connection, kind, provider_object, asked_at, responses, notes, sent)
                return decide() if decide else None
        except ResponseNeeded as needed:
            if len(responses) == provider_reads.MAX_QUERIES:
                raise
            responses[needed.query] = provider_reads.fetch(connection, needed.query, priority)


def _apply(
    connection: Connection,
    kind: Kind,
    provider_object: Json,
    asked_at: datetime,
    responses: Responses,
    notes: Json,
    sent: Sent | None,
) -> None:
    observer = registry.provider(connection.provider).observers.get(kind)
    provider_id = str(provider_object["id"])
    advisory_locks.lock(connection.pk, provider_id)
    mappings = MappingSession(connection.pk)
    mappings.load([provider_id], locked=[provider_id])
    changing = Prefetch(changing={kind: mappings.entity_ids(kind, {provider_id})})
    refreshes = Refreshes(connection.pk)
    observation = Observation(
        connection,
        mappings,
        event_type="",
        event_id="",
        created=asked_at,
        received_at=None,
        attempts=ATTEMPTS,
        now=timezone.now(),
        responses=responses,
        stored=StoredEvents(connection.pk, [provider_id]),
        payments=StoredPayments(connection.environment_id, [provider_id]),
        customers=NamingCustomers(connection.environment_id, [provider_id]),
        choices=LinkChoices(connection.pk, [provider_id]),
        refreshes=refreshes,
        calls=OwnCalls(connection.pk),
        blocking=True,
    )
    observation.sent = sent
    try:
        with unit_of_work(connection.environment_id, changing, participants=[mappings, refreshes]):
            if observer is not None:
                observer(observation, provider_object)
            if (entity_id := mappings.entity_id_of(kind, provider_id)) is not None:
                mappings.annotate(kind, entity_id, notes)
    except BillingError as refusal:
        raise Rejected(f"{provider_id} cannot be as the provider says: {refusal}") from refusal
