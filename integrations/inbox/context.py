"""What a handler may ask for while it applies one event: provider.Inbound, over the pairs of its batch."""

from datetime import datetime

from billing.events import Kind
from integrations.db import advisory_locks
from integrations.errors import Retry
from integrations.inbox.provider_reads import Answers, Question, Unanswered
from integrations.mappings import freshness
from integrations.mappings.session import MappingSession
from integrations.models import InboundEvent
from integrations.provider_api import Freshness, Json


class Busy(Retry):
    """Another worker has an object in hand that this event needs: it is left for the next round."""


class InboundContext:
    """One event being applied, inside its transaction."""

    def __init__(
        self,
        event: InboundEvent,
        pairs: MappingSession,
        *,
        event_type: str,
        now: datetime,
        answers: Answers,
        blocking: bool,
    ) -> None:
        """``event_type`` is the event's name in the route table; ``event`` comes with its connection.

        ``answers``: what the provider was asked for this event before. ``blocking``: whether it may wait for others.
        """
        self.connection_id = event.connection_id
        self.environment_id = event.connection.environment_id
        self.event_type = event_type
        self.created = event.created
        self.now = now
        self.attempts = event.attempts
        self._event_id = event.provider_event_id
        self._connection = event.connection
        self._pairs = pairs
        self._answers = answers
        self._blocking = blocking
        self._unlinked: dict[tuple[Kind, str], int] = {}

    def is_on(self, switch: str) -> bool:
        """Whether the connection's ``switch`` is on."""
        return bool(getattr(self._connection, switch))

    def entity_id_of(self, kind: Kind, provider_id: str) -> str | None:
        """The id of our twin."""
        return self._pairs.entity_id_of(kind, provider_id)

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The id of their twin."""
        return self._pairs.provider_id_of(kind, entity_id)

    def link(self, kind: Kind, entity_id: str, provider_id: str) -> None:
        """Lets the two be one, and when the provider's one was seen if that was asked before."""
        self._pairs.link(kind, entity_id, provider_id)
        rank = self._unlinked.pop((kind, provider_id), None)
        if rank is not None:
            self._saw(kind, provider_id, rank)

    def look_up(self, operation: str, target: str, params: Json) -> Json:
        """The provider's answer; raises Unanswered when it was not asked for yet."""
        question = Question.of(operation, target, params)
        if question not in self._answers:
            raise Unanswered(question)
        return self._answers[question]

    def lock(self, provider_id: str) -> None:
        """Waits for those who apply events of that object; raises Busy where nobody may wait."""
        if self._pairs.holds(provider_id):
            return
        if self._blocking:
            advisory_locks.lock(self.connection_id, provider_id)
        elif not advisory_locks.try_locks(self.connection_id, [provider_id]):
            raise Busy(f"Another worker has {provider_id} in hand.")

    def annotate(self, kind: Kind, entity_id: str, facts: Json) -> None:
        """Lets facts be added to what is known of the pair."""
        self._pairs.annotate(kind, entity_id, facts)

    def freshness(self, kind: Kind, provider_id: str, rank: int = 0) -> Freshness:
        """How new this event is to the object; records that it was seen."""
        found = self._saw(kind, provider_id, rank)
        if found is not Freshness.STALE and rank < freshness.DELETED:
            self._unlinked[kind, provider_id] = rank
        return found

    def is_stale(self, kind: Kind, provider_id: str, rank: int = 0) -> bool:
        """Whether something newer was seen of the object; records that this event was seen."""
        return self.freshness(kind, provider_id, rank) is Freshness.STALE

    def _saw(self, kind: Kind, provider_id: str, rank: int) -> Freshness:
        return self._pairs.saw(kind, provider_id, self.created, rank, self._event_id)
