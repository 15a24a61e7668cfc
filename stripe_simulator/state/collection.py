"""The objects of one kind in one account, in order of creation."""

from collections.abc import Iterator


class Collection:
    """Ids in order of creation; a page is read in time that does not depend on their number."""

    def __init__(self) -> None:
        self._ids: list[str | None] = []
        self._positions: dict[str, int] = {}

    def __contains__(self, id: str) -> bool:
        return id in self._positions

    def __len__(self) -> int:
        return len(self._positions)

    def add(self, id: str) -> None:
        """Put a new id at the end."""
        self._positions[id] = len(self._ids)
        self._ids.append(id)

    def remove(self, id: str) -> None:
        """Remove an id; its place stays empty, so that later positions stay valid."""
        self._ids[self._positions.pop(id)] = None

    def newest_first(self, after: str | None = None) -> Iterator[str]:
        """Yield ids older than the cursor, newest first."""
        start = len(self._ids) if after is None else self._positions[after]
        for position in range(start - 1, -1, -1):
            id = self._ids[position]
            if id is not None:
                yield id

    def oldest_first(self, after: str) -> Iterator[str]:
        """Yield ids newer than the cursor, oldest first."""
        for position in range(self._positions[after] + 1, len(self._ids)):
            id = self._ids[position]
            if id is not None:
                yield id
