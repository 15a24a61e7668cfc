"""What a handler may ask for while it applies one event: provider.Inbound, over the mappings."""

from datetime import datetime

from billing.events import Kind
from integrations import mappings, news
from integrations.models import InboundEvent


class Arrival:
    """One event being applied, inside its transaction."""

    def __init__(self, event: InboundEvent, *, event_type: str, now: datetime) -> None:
        """``event_type`` is the event's name in the route table; ``event`` comes with its connection."""
        self.connection_id = event.connection_id
        self.environment_id = event.connection.environment_id
        self.event_type = event_type
        self.created = event.created
        self.now = now
        self._connection = event.connection
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

    def is_news(self, kind: Kind, provider_id: str, rank: int = 0) -> bool:
        """Whether this event is at least as new as what was last seen of the object."""
        answer = self._seen(kind, provider_id, rank)
        if answer and rank < news.DELETED:
            self._unlinked[kind, provider_id] = rank
        return answer

    def _seen(self, kind: Kind, provider_id: str, rank: int) -> bool:
        return news.is_news(
            connection_id=self.connection_id,
            kind=kind,
            provider_id=provider_id,
            created=self.created,
            rank=rank,
        )
