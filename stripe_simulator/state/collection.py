"""The objects of one kind in one account, in order of addition."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain

from .filters import Entry

# Ordered positions, in groups that share none.
Among = Sequence[Sequence[int]]


class Collection:
    """Ids in order of addition; reading a page or a window of time costs the same however many there are.

    Times nearly always rise with the positions. The exceptions (objects of a test clock) are noted, so that a
    window is found by bisection all the same. An index tells the positions of the objects with one value.
    """

    def __init__(self) -> None:
        self._ids: list[str | None] = []
        self._positions: dict[str, int] = {}
        self._latest: list[int] = []  # by position: the latest time up to there
        self._early: list[int] = []  # positions of objects that are older than one before them
        self._entries: dict[str, tuple[Entry, ...]] = {}  # by id: where the index has it
        self._changed: dict[str, None] = {}  # ids about which the index may be wrong
        self._index: defaultdict[Entry, list[int]] = defaultdict(list)  # positions, in their order

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
        self.changed(id)

    def position(self, id: str) -> int:
        """Return the position of an id."""
        return self._positions[id]

    def remove(self, id: str) -> None:
        """Remove an id; its place stays empty, so that later positions stay valid."""
        self._unfile(id)
        self._ids[self._positions.pop(id)] = None

    def restore(self, id: str, position: int) -> None:
        """Put a removed id back into its place."""
        self._positions[id] = position
        self._ids[position] = id
        self.changed(id)

    def remove_newest(self, id: str) -> None:
        """Remove the id that was added last, as if it had never been there."""
        self._unfile(id)
        del self._positions[id], self._ids[-1], self._latest[-1]
        if self._early and self._early[-1] == len(self._ids):
            del self._early[-1]

    def changed(self, id: str) -> None:
        """Note that the index may be wrong about an id until `refile`."""
        self._changed[id] = None

    def refile(self, entries_of: Callable[[str], tuple[Entry, ...]]) -> None:
        """Bring the index in line with all changes since it was last read."""
        for id in self._changed:
            if id in self._positions:
                self._file(id, entries_of(id))
        self._changed.clear()

    def _file(self, id: str, entries: tuple[Entry, ...]) -> None:
        if entries == self._entries.get(id):
            return
        self._unfile(id)
        self._entries[id] = entries
        for entry in entries:
            insort(self._index[entry], self._positions[id])

    def _unfile(self, id: str) -> None:
        for entry in self._entries.pop(id, ()):
            filed = self._index[entry]
            del filed[bisect_left(filed, self._positions[id])]

    def having(self, entries: Iterable[Entry]) -> Among:
        """Return the positions that the index has under each of these entries, which exclude one another."""
        return [self._index[entry] for entry in entries if entry in self._index]

    def newest_first(
        self,
        after: str | None = None,
        since: int | None = None,
        until: int | None = None,
        among: Among | None = None,
    ) -> Iterator[str]:
        """Yield ids older than the cursor, newest first: all of the window, and perhaps a few more.

        `among` are the positions to choose from; None for all.
        """
        low, high = self._window(since, until)
        start = len(self._ids) if after is None else self._positions[after]
        among = [range(len(self._ids))] if among is None else among
        early = reversed(self._early[_span(self._early, max(low, high), start)])
        inside = [_newest_first(one, low, min(start, high)) for one in among]
        return self._at(chain(_both(early, among), merge(*inside, reverse=True)))

    def oldest_first(
        self,
        after: str,
        since: int | None = None,
        until: int | None = None,
        among: Among | None = None,
    ) -> Iterator[str]:
        """Yield ids newer than the cursor, oldest first: all of the window, and perhaps a few more."""
        low, high = self._window(since, until)
        start = self._positions[after] + 1
        among = [range(len(self._ids))] if among is None else among
        early = self._early[_span(self._early, max(low, high, start), len(self._ids))]
        inside = [_oldest_first(one, max(start, low), high) for one in among]
        return self._at(chain(merge(*inside), _both(early, among)))

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


def _span(positions: Sequence[int], low: int, high: int) -> slice:
    """Return where ordered positions are that are not below `low`, and are below `high`."""
    return slice(bisect_left(positions, low), bisect_left(positions, max(low, high)))


def _oldest_first(positions: Sequence[int], low: int, high: int) -> Iterator[int]:
    return (positions[index] for index in range(len(positions))[_span(positions, low, high)])


def _newest_first(positions: Sequence[int], low: int, high: int) -> Iterator[int]:
    return (positions[index] for index in reversed(range(len(positions))[_span(positions, low, high)]))


def _both(positions: Iterable[int], among: Among) -> Iterator[int]:
    """Yield the positions that are also in one of the groups."""
    return (
        position for position in positions if any(one[_span(one, position, position + 1)] for one in among)
    )
