"""The times that charts show, in slots of equal length."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integrations.statistics.hours import hour_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Window:
    """``name``: in addresses. ``slots``: how many, each ``length`` long; days are those of UTC."""

    name: str
    title: str
    length: timedelta
    slots: int

    def begins(self, now: datetime) -> list[datetime]:
        """When each slot begins; the last one is that of now."""
        last = now - (now - EPOCH) % self.length if self.length > timedelta(hours=1) else hour_of(now)
        return [last - back * self.length for back in reversed(range(self.slots))]


WINDOWS = (
    Window("24h", "24 hours", timedelta(hours=1), 24),
    Window("7d", "7 days", timedelta(hours=6), 28),
    Window("30d", "30 days", timedelta(days=1), 30),
)


def named(name: str, windows: Sequence[Window] = WINDOWS) -> Window:
    """The window of that name, the first for any other."""
    return next((one for one in windows if one.name == name), windows[0])
