"""What will happen by itself, and when: renewals, trial ends, expiry."""

import heapq
from collections import defaultdict
from typing import Any


class Agenda:
    """Moments, soonest first: one list for the simulator's time and one for each test clock."""

    def __init__(self) -> None:
        self._entries: defaultdict[str | None, list[tuple[int, int, str, str]]] = defaultdict(list)
        self._made = 0

    def add(self, moment: int, name: str, object: dict[str, Any]) -> None:
        """Note an action for an object, on the clock of its customer."""
        self._made += 1
        clock = object.get("test_clock", object.get("_clock"))
        heapq.heappush(self._entries[clock], (moment, self._made, name, object["id"]))

    def first(self, clock: str | None = None) -> int | None:
        """The soonest moment on a clock."""
        entries = self._entries[clock]
        return entries[0][0] if entries else None

    def pop(self, clock: str | None = None) -> tuple[int, str, str]:
        """Take the soonest entry off: its moment, action and object's id."""
        moment, _, name, id = heapq.heappop(self._entries[clock])
        return moment, name, id

    def dump(self) -> list[list[Any]]:
        """Every entry, for a file."""
        return [[clock, *entry] for clock, entries in self._entries.items() for entry in entries]

    def load(self, dumped: list[list[Any]]) -> None:
        """Take entries from a file."""
        for clock, moment, number, name, id in dumped:
            heapq.heappush(self._entries[clock], (moment, number, name, id))
            self._made = max(self._made, number)
