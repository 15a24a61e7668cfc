"""How a provider lists its events again, for those that no webhook has brought."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from integrations.provider_api.gateway import Gateway
from integrations.provider_api.webhooks import Envelope


@dataclass(frozen=True)
class EventPage:
    """``cursor``: where the next page begins, "" after the last. ``unreadable``: why some are no events."""

    events: Sequence[Envelope]
    cursor: str
    unreadable: Sequence[str] = ()


class ReadEvents(Protocol):
    """One page of the events of these types that were created ``since`` then; raises Retry or Rejected."""

    def __call__(
        self, gateway: Gateway, /, *, types: Sequence[str], since: datetime, cursor: str
    ) -> EventPage: ...


@dataclass(frozen=True)
class EventList:
    """``newest``: when the newest event that the list shows was created, whatever its type; None for none.

    ``kept``: how long an event is listed. ``late``: how long after its creation it may first be.
    ``most_types``: how many types one call takes.
    """

    page: ReadEvents
    newest: Callable[[Gateway], datetime | None]
    kept: timedelta
    late: timedelta
    most_types: int
