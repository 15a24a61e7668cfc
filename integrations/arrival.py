"""What a handler may ask for while it applies one event: provider.Inbound, over the pairs of its batch."""

from datetime import datetime

from billing.events import Kind
from integrations import advisory, news
from integrations.errors import Retry
from integrations.lookups import Answers, Question, Unanswered
from integrations.models import InboundEvent
from integrations.pairs import Pairs
from integrations.provider import Json, News


class Busy(Retry):
    """Another worker has an object in hand that this event needs: it is left for the next round."""


class Arrival:
    """One event being applied, inside its transaction."""

    def __init__(
        self,
        event: InboundEvent,
        pairs: Pairs,
        *,
        event_type: str,
        now: datetime,
        answers: Answers,
        patient: bool,
    ) -> None:
        """``event_type`` is the event's name in the route table; ``event`` comes with its connection.

        ``answers``: what the provider was asked for this event before. ``patient``: whether it may wait for others.
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
        self._patient = patient
        self._unlinked: dict[tuple[Kind, str], int] = {}

    def is_on(self, switch: str) -> bool:
        """Whether the connection's ``switch`` is on."""
        return bool(getattr(self._connection, switch))

    def ours(self, kind: Kind, provider_id: str) -> str | None:
        """The id of our twin."""
        return self._pairs.ours(kind, provider_id)

    def theirs(self, kind: Kind, entity_id: str) -> str | None:
        """The id of their twin."""
        return self._pairs.theirs(kind, entity_id)

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

    def hold(self, provider_id: str) -> None:
        """Waits for those who apply events of that object; raises Busy where nobody may wait."""
        if self._pairs.holds(provider_id):
            return
        if self._patient:
            advisory.lock(self.connection_id, provider_id)
        elif not advisory.try_locks(self.connection_id, [provider_id]):
            raise Busy(f"Another worker has {provider_id} in hand.")

    def note(self, kind: Kind, entity_id: str, facts: Json) -> None:
        """Lets facts be added to what is known of the pair."""
        self._pairs.note(kind, entity_id, facts)

    def is_news(self, kind: Kind, provider_id: str, rank: int = 0) -> News:
        """Whether this event is at least as new as what was last seen of the object."""
        answer = self._saw(kind, provider_id, rank)
        if answer and rank < news.DELETED:
            self._unlinked[kind, provider_id] = rank
        return answer

    def _saw(self, kind: Kind, provider_id: str, rank: int) -> News:
        return self._pairs.saw(kind, provider_id, self.created, rank, self._event_id)
