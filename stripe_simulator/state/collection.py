"""The objects of one kind in one account, in order of addition."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import chain


class Collection:
    """Ids in order of addition; reading a page or a window of time costs the same however many there are.

    Times nearly always rise with the positions. The exceptions (objects of a test clock) are noted, so that a
    window is found by bisection all the same.
    """

    def __init__(self) -> None:
        self._ids: list[str | None] = []
        self._positions: dict[str, int] = {}
        self._latest: list[int] = []  # by position: the latest time up to there
        self._early: list[int] = []  # positions of objects that are older than one before them

    def __contains__(self, id: str) -> bool:
        return id in self._positions

    def __len__(self) -> int:
        return len(self._positions)

    def add(self, id: str, created: int = 0) -> None:
        """Put a new id at the end."""
        latest = self._latest[-1] if self._latest else created
        if created < latest:
            self._early.append(len(self._ids))
        self._latest.append(max(latest, created))
        self._positions[id] = len(self._ids)
        self._ids.append(id)

    def position(self, id: str) -> int:
        """Return the position of an id."""
        return self._positions[id]

    def remove(self, id: str) -> None:
        """Remove an id; its place stays empty, so that later positions stay valid."""
        self._ids[self._positions.pop(id)] = None

    def restore(self, id: str, position: int) -> None:
        """Put a removed id back into its place."""
        self._positions[id] = position
        self._ids[position] = id

    def remove_newest(self, id: str) -> None:
        """Remove the id that was added last, as if it had never been there."""
        del self._positions[id], self._ids[-1], self._latest[-1]
        if self._early and self._early[-1] == len(self._ids):
            del self._early[-1]

    def newest_first(
        self, after: str | None = None, since: int | None = None, until: int | None = None
    ) -> Iterator[str]:
        """Yield ids older than the cursor, newest first: all of the window, and perhaps a few more."""
        low, high = self._window(since, until)
        start = len(self._ids) if after is None else self._positions[after]
        early = self._early[bisect_left(self._early, max(low, high)) : bisect_left(self._early, start)]
        return self._at(chain(reversed(early), range(min(start, high) - 1, low - 1, -1)))

    def oldest_first(self, after: str, since: int | None = None, until: int | None = None) -> Iterator[str]:
        """Yield ids newer than the cursor, oldest first: all of the window, and perhaps a few more."""
        low, high = self._window(since, until)
        start = self._positions[after] + 1
        early = self._early[bisect_left(self._early, max(low, high, start)) :]
        return self._at(chain(range(max(start, low), high), early))

    def _window(self, since: int | None, until: int | None) -> tuple[int, int]:
        """Return the positions between which the window is, but for the noted exceptions after it."""
        low = 0 if since is None else bisect_left(self._latest, since)
        high = len(self._ids) if until is None else bisect_right(self._latest, until)
        return low, high

    def _at(self, positions: Iterator[int]) -> Iterator[str]:
        for position in positions:
            id = self._ids[position]
            if id is not None:
                yield id
