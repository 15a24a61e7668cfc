"""What of a list is still to be read: parts of it by time, each with the place where it goes on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any

from integrations.provider_api import EVER, Window


@dataclass(frozen=True)
class Span:
    """The objects of a window, from ``cursor`` on."""

    window: Window = EVER
    cursor: str = ""

    def saved(self) -> dict[str, Any]:
        """As JSON."""
        begin, end = self.window.begin, self.window.end
        return {
            "begin": begin and begin.isoformat(),
            "end": end and end.isoformat(),
            "cursor": self.cursor,
        }

    @classmethod
    def of(cls, saved: dict[str, Any]) -> "Span":
        """What ``saved`` was made of."""
        begin, end = (
            datetime.fromisoformat(saved[name]) if saved[name] else None for name in ("begin", "end")
        )
        return cls(Window(begin, end), saved["cursor"])


class Spans:
    """All spans of a list, by number; used by several threads. A list not begun is one span."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._left = dict(enumerate(spans)) or {0: Span()}
        self._unread = list(self._left)
        self._lock = Lock()

    def take(self) -> int | None:
        """A span that nobody reads yet, None where there is none."""
        with self._lock:
            return self._unread.pop(0) if self._unread else None

    def get(self, number: int) -> Span:
        """The span, as far as it was applied."""
        with self._lock:
            return self._left[number]

    def cut(self, number: int, at: datetime) -> None:
        """Leaves what is older than ``at`` to another reader."""
        with self._lock:
            span, new = self._left[number], max(self._left) + 1
            self._left[new] = Span(Window(span.window.begin, at))
            self._left[number] = replace(span, window=Window(at, span.window.end))
            self._unread.append(new)

    def after(self, number: int, cursor: str) -> list[Span]:
        """What is left once a page of the span is applied, of which the next begins at ``cursor``."""
        with self._lock:
            return list(self._after(number, cursor).values())

    def advance(self, number: int, cursor: str) -> bool:
        """The page is applied; tells whether anything is left."""
        with self._lock:
            self._left = self._after(number, cursor)
            return bool(self._left)

    def _after(self, number: int, cursor: str) -> dict[int, Span]:
        left = {**self._left, number: replace(self._left[number], cursor=cursor)}
        if not cursor:
            del left[number]
        return left
