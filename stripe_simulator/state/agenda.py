"""The agenda of an account: what will happen automatically, and when (renewals, ends of trials, expiry)."""

import heapq
from collections import defaultdict
from typing import Any

from .journal import Journal


class Agenda:
    """Entries by moment, soonest first: one list for the simulator's time and one for each test clock."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._entries: defaultdict[str | None, list[tuple[int, int, str, str]]] = defaultdict(list)
        self._made = 0

    def add(self, moment: int, name: str, object: dict[str, Any]) -> None:
        """Schedule an action for an object, on the clock of its customer."""
        self._made += 1
        clock = object.get("test_clock", object.get("_clock"))
        entry = (moment, self._made, name, object["id"])
        self._journal.record(lambda: self._remove(clock, entry))
        heapq.heappush(self._entries[clock], entry)

    def first(self, clock: str | None = None) -> int | None:
        """Return the next moment on a clock."""
        entries = self._entries[clock]
        return entries[0][0] if entries else None

    def pop(self, clock: str | None = None) -> tuple[int, str, str]:
        """Remove the next entry, and return its moment, action and object's id."""
        entry = self._entries[clock][0]
        self._journal.record(lambda: heapq.heappush(self._entries[clock], entry))
        heapq.heappop(self._entries[clock])
        return entry[0], entry[2], entry[3]

    def _remove(self, clock: str | None, entry: tuple[int, int, str, str]) -> None:
        self._entries[clock].remove(entry)
        heapq.heapify(self._entries[clock])

    def dump(self) -> list[list[Any]]:
        """Return every entry, for a file."""
        return [[clock, *entry] for clock, entries in self._entries.items() for entry in entries]

    def load(self, dumped: list[list[Any]]) -> None:
        """Load the entries of a file."""
        for clock, moment, number, name, id in dumped:
            heapq.heappush(self._entries[clock], (moment, number, name, id))
            self._made = max(self._made, number)
