"""What a handler may ask for while it applies one event: provider_api.Inbound, over a batch's mappings."""

import json
from datetime import datetime, timedelta

from django.db.models import Q

from billing.events import Kind
from integrations.db import advisory_locks
from integrations.errors import Missing, Retry
from integrations.inbox import own_calls
from integrations.inbox.evidence import EventEvidence
from integrations.inbox.naming_customers import NamingCustomers
from integrations.inbox.own_calls import OwnCalls
from integrations.inbox.provider_reads import Query, ResponseNeeded, Responses
from integrations.inbox.refreshes import Refreshes
from integrations.inbox.stored_events import StoredEvents
from integrations.inbox.stored_payments import StoredPayments
from integrations.mappings import bases, choices, freshness, kept_apart, unlinked
from integrations.mappings.counterparts import Counterparts
from integrations.mappings.evidence import Evidence
from integrations.mappings.link_choices import LinkChoices
from integrations.mappings.restoring import Restoring
from integrations.mappings.session import MappingSession
from integrations.models import Connection
from integrations.provider_api import Fields, First, Freshness, Json, registry

# The note of when FlexSync last read the object, and by how much its clock and the provider's may differ.
LOOKED_AT, CLOCKS_DIFFER = "looked_at", timedelta(seconds=60)
# When an event last needed to read it.
READ_AT = "read_at"


class Busy(Retry):
    """Another worker has locked an object that this event needs: the event is left for the next round."""


class InboundContext:
    """One event being applied, inside its transaction."""

    def __init__(
        self,
        connection: Connection,
        mappings: MappingSession,
        *,
        event_type: str,
        event_id: str,
        created: datetime,
        received_at: datetime | None,
        attempts: int,
        now: datetime,
        responses: Responses,
        stored: StoredEvents,
        payments: StoredPayments,
        customers: NamingCustomers,
        choices: LinkChoices,
        refreshes: Refreshes,
        calls: OwnCalls,
        blocking: bool,
    ) -> None:
        """``event_type`` is the event's name in the route table, ``event_id`` the provider's id of it.

        ``responses``: what was fetched from the provider for this event. ``stored``: the connection's events,
        those of its batch too. ``payments``, ``customers``: those here. ``choices``: of link
        candidates. ``refreshes``: what is read after the commit. ``calls``: FlexSync's own. ``blocking``:
        whether it may wait for locks.
        """
        self.connection_id = connection.pk
        self.environment_id = connection.environment_id
        self.is_recovering = connection.recovering_since is not None
        self.event_type = event_type
        self.created = created
        self._received_at = received_at
        self._now = now
        self.attempts = attempts
        self._event_id = event_id
        self._connection = connection
        self._mappings = mappings
        self._responses = responses
        self._stored = stored
        self._payments = payments
        self._customers = customers
        self._choices = choices
        self._refreshes = refreshes
        self._calls = calls
        self._blocking = blocking
        # Ranks of what was seen of objects that are not linked yet.
        self._unlinked: dict[tuple[Kind, str], int] = {}

    def happened(self, known: datetime | None = None) -> datetime:
        """When it happened at the provider, whose clock may be ahead."""
        return min(known or self.created, self._now)

    def is_on(self, switch: str) -> bool:
        """Whether the connection's ``switch`` is on."""
        return bool(getattr(self._connection, switch))

    def entity_id_of(self, kind: Kind, provider_id: str) -> str | None:
        """FlexSync's id of the provider's object."""
        return self._mappings.entity_id_of(kind, provider_id)

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The provider's id of FlexSync's row."""
        return self._mappings.provider_id_of(kind, entity_id)

    def unlinked(self, kind: Kind, provider_id: str) -> str:
        """Who unlinked the object, from what and when, "" where nobody did."""
        if not self._mappings.is_unlinked(kind, provider_id):
            return ""
        return unlinked.of(self.connection_id, kind, provider_id)

    def link(self, kind: Kind, entity_id: str, provider_id: str) -> None:
        """Maps the two to each other; records that the object was seen, if ``freshness`` was asked before."""
        self._mappings.link(kind, entity_id, provider_id)
        rank = self._unlinked.pop((kind, provider_id), None)
        if rank is not None:
            self._observe(kind, provider_id, rank)

    def look_up(self, operation: str, target: str, params: Json) -> Json:
        """The provider's response; raises ResponseNeeded where it was not fetched, Missing for no object."""
        return self._response(Query.of(operation, target, params))

    def _response(self, query: Query) -> Json:
        if query not in self._responses:
            raise ResponseNeeded(query)
        if isinstance(response := self._responses[query], Missing):
            raise response
        return response

    def read_again(self, kind: Kind, operation: str, target: str, params: Json) -> Json:
        """``look_up`` for the event's own object, again where something of it was recorded since."""
        notes = {**self._mappings.notes_of(kind, target), READ_AT: ""}
        query = Query.of(operation, target, params, known=json.dumps(notes, sort_keys=True))
        response = self._response(query)
        if entity_id := self._mappings.entity_id_of(kind, target):
            made = next(one for one in self._responses if one == query)
            self._mappings.annotate(kind, entity_id, {READ_AT: made.needed_at.isoformat()})
        return response

    def was_read_since(self, kind: Kind, provider_id: str) -> bool:
        """Whether an event has read the object after this one had come: what this one shows is over."""
        noted = self._mappings.notes_of(kind, provider_id).get(READ_AT)
        return bool(noted and self._received_at and self._received_at < datetime.fromisoformat(noted))

    def is_undecided(self, kind: Kind, provider_id: str) -> bool:
        """Whether a field of the object waits for an event that tells when it was changed."""
        return bool(self._mappings.notes_of(kind, provider_id).get(bases.UNDECIDED))

    def refresh(self, kind: Kind, entity_id: str) -> None:
        """Lets the row be read from the provider once this is committed."""
        self._refreshes.add(kind, entity_id)

    def has_event(self, provider_id: str, such: Q) -> bool:
        """Whether an event of the object that is ``such`` was stored, whatever became of it."""
        return self._stored.has(provider_id, such)

    def has_payment(self, gateway: str, provider_id: str) -> bool:
        """Whether a payment of that gateway's is here, though it may have no mapping."""
        return self._payments.has(gateway, provider_id)

    def customer_naming(self, name: str, provider_id: str) -> str:
        """The customer whose metadata names the object, and who has no counterpart yet."""
        customers = self._customers.of(name, provider_id)
        return next((id for id in customers if not self.provider_id_of(Kind.CUSTOMER, id)), "")

    def chosen(self, kind: Kind, provider_id: str) -> str | None:
        """What a person has said of the object, which is a link candidate of an import."""
        return self._choices.of(kind, provider_id)

    def kept_apart(self, kind: Kind, provider_id: str) -> frozenset[str]:
        """The rows that a person has kept apart from the object."""
        return kept_apart.rows_of(self.connection_id, kind, [provider_id]).get(provider_id, frozenset())

    def lock(self, provider_id: str) -> None:
        """Locks the object; in a batch of several events, raises Busy instead of waiting for it."""
        if self._mappings.has_locked(provider_id):
            return
        if self._blocking:
            advisory_locks.lock(self.connection_id, provider_id)
        elif not advisory_locks.try_locks(self.connection_id, [provider_id]):
            raise Busy(f"Another worker has locked {provider_id}.")

    def notes_of(self, kind: Kind, provider_id: str) -> Json:
        """The notes of the object's mapping, {} when there is none."""
        return self._mappings.notes_of(kind, provider_id)

    def annotate(self, kind: Kind, entity_id: str, facts: Json) -> None:
        """Adds facts to the notes of the mapping."""
        self._mappings.annotate(kind, entity_id, facts)

    def differs(self, kind: Kind, provider_id: str, current: Json) -> bool:
        """Whether ``current`` shows anything that is not known of the object."""
        mergeable = registry.provider(self._connection.provider).mergeables[kind]
        return bases.differs(self._mappings.notes_of(kind, provider_id), current, mergeable)

    def merge(self, kind: Kind, entity_id: str, current: Json, *, first: First | None = None) -> None:
        """Merges what the object has into the entity."""
        merging = self._merging(kind, entity_id)
        if first is not None:
            provider_id = self._mappings.provider_id_of(kind, entity_id) or ""
            made = None
            if first is not First.NEW:
                made = own_calls.making(self.connection_id, kind, entity_id, provider_id)
            merging.begin(current, first, made)
        else:
            merging.observe(current)

    def was_made(self, key: str) -> bool:
        """Whether a call of this connection was recorded under the idempotency ``key``."""
        return self._calls.was_made(key)

    def restore(self, kind: Kind, entity_id: str, replaced: Fields, key: str) -> None:
        """Settles values that the call with the idempotency ``key`` has replaced unseen."""
        found = self._calls.replaced_unseen(key, replaced)
        if not found and (provider_id := self._mappings.provider_id_of(kind, entity_id)):
            found = choices.replaced(self._mappings.notes_of(kind, provider_id), key, replaced)
        for one in found:
            self._merging(kind, entity_id).restore(one)

    def _merging(self, kind: Kind, entity_id: str) -> Restoring:
        provider_id = self._mappings.provider_id_of(kind, entity_id) or ""
        evidence = self._evidence(kind, provider_id)
        return Restoring(Counterparts(self._connection, self._mappings, kind, entity_id), evidence)

    def _evidence(self, kind: Kind, provider_id: str) -> Evidence:
        return EventEvidence(self._connection, kind, provider_id, self.created, self.attempts, self._calls)

    def freshness(self, kind: Kind, provider_id: str, rank: int = 0) -> Freshness:
        """How new this event is to the object; records that the object was seen."""
        found = self._observe(kind, provider_id, rank)
        if found is not Freshness.STALE and rank < freshness.DELETED:
            self._unlinked[kind, provider_id] = rank
        return found

    def ended(self, kind: Kind, provider_id: str) -> None:
        """Records that the row has ended with the object, which this event has deleted."""
        self._mappings.ended(kind, provider_id)

    def is_stale(self, kind: Kind, provider_id: str, rank: int = 0) -> bool:
        """Whether something newer was seen of the object; records that this event was seen."""
        return self.freshness(kind, provider_id, rank) is Freshness.STALE

    def may_precede_look(self, kind: Kind, provider_id: str) -> bool:
        """Whether FlexSync has read or changed the object since, or at about the time of the event."""
        notes = self._mappings.notes_of(kind, provider_id)
        if notes.get(bases.DOUBTFUL):
            return True
        noted = notes.get(LOOKED_AT)
        times = [datetime.fromisoformat(noted)] if noted else []
        if answered_at := self._mappings.answered_at(kind, provider_id):
            times.append(answered_at)
        return bool(times) and self.created <= max(times) + CLOCKS_DIFFER

    def _observe(self, kind: Kind, provider_id: str, rank: int) -> Freshness:
        return self._mappings.observe(kind, provider_id, self.created, rank, self._event_id)
