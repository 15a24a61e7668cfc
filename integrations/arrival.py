"""What a handler may ask for while it applies one event: provider.Inbound, over the mappings."""

from datetime import datetime

from billing.events import Kind
from integrations import advisory, mappings, news
from integrations.lookups import Answers, Question, Unanswered
from integrations.models import InboundEvent
from integrations.provider import Json, News


class Arrival:
    """One event being applied, inside its transaction."""

    def __init__(
        self, event: InboundEvent, *, event_type: str, now: datetime, answers: Answers | None = None
    ) -> None:
        """``event_type`` is the event's name in the route table; ``event`` comes with its connection.

        ``answers``: what the provider was asked for this event before.
        """
        self.connection_id = event.connection_id
        self.environment_id = event.connection.environment_id
        self.event_type = event_type
        self.created = event.created
        self.now = now
        self.attempts = event.attempts
        self._event_id = event.provider_event_id
        self._connection = event.connection
        self._answers = answers or {}
        self._unlinked: dict[tuple[Kind, str], int] = {}

    def is_on(self, switch: str) -> bool:
        """Whether the connection's ``switch`` is on."""
        return bool(getattr(self._connection, switch))

    def ours(self, kind: Kind, provider_id: str) -> str | None:
        """The id of our twin."""
        return mappings.ours(self.connection_id, kind, provider_id)

    def theirs(self, kind: Kind, entity_id: str) -> str | None:
        """The id of their twin."""
        return mappings.theirs(self.connection_id, kind, entity_id)

    def link(self, kind: Kind, entity_id: str, provider_id: str) -> None:
        """Records that the two are one, and when the provider's one was seen if that was asked before."""
        mappings.link(
            connection_id=self.connection_id, kind=kind, entity_id=entity_id, provider_id=provider_id
        )
        rank = self._unlinked.pop((kind, provider_id), None)
        if rank is not None:
            self._seen(kind, provider_id, rank)

    def look_up(self, operation: str, target: str, params: Json) -> Json:
        """The provider's answer; raises Unanswered when it was not asked for yet."""
        question = Question.of(operation, target, params)
        if question not in self._answers:
            raise Unanswered(question)
        return self._answers[question]

    def hold(self, provider_id: str) -> None:
        """Waits for those who apply events of that object."""
        advisory.lock(self.connection_id, provider_id)

    def note(self, kind: Kind, entity_id: str, facts: Json) -> None:
        """Adds to what is known of the pair."""
        mappings.note(
            connection_id=self.connection_id, kind=kind, entity_id=entity_id, facts=facts, now=self.now
        )

    def is_news(self, kind: Kind, provider_id: str, rank: int = 0) -> News:
        """Whether this event is at least as new as what was last seen of the object."""
        answer = self._seen(kind, provider_id, rank)
        if answer and rank < news.DELETED:
            self._unlinked[kind, provider_id] = rank
        return answer

    def _seen(self, kind: Kind, provider_id: str, rank: int) -> News:
        return news.is_news(
            connection_id=self.connection_id,
            kind=kind,
            provider_id=provider_id,
            created=self.created,
            rank=rank,
            event_id=self._event_id,
        )
