"""A stored object, which tells the journal what it was before it changes."""

from collections.abc import Mapping
from typing import Any

from .journal import Journal


class StoredObject(dict[str, Any]):
    """A dictionary that journals its former values before the first change in each unit of work.

    Values inside it are replaced, never changed in place: the journal keeps no copies of them.
    """

    __slots__ = ("_journal", "_scope")

    def __init__(self, values: Mapping[str, Any], journal: Journal) -> None:
        super().__init__(values)
        self._journal, self._scope = journal, journal.scope

    def _journal_former(self) -> None:
        scope = self._journal.scope
        if scope and scope != self._scope:
            former = dict(self)
            self._journal.record(lambda: self._restore(former))
            self._scope = scope

    def _restore(self, former: dict[str, Any]) -> None:
        super().clear()
        super().update(former)
        self._scope = 0

    def __setitem__(self, name: str, value: Any) -> None:
        self._journal_former()
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self._journal_former()
        super().__delitem__(name)

    def update(self, *values: Any, **named: Any) -> None:
        """Set several values."""
        self._journal_former()
        super().update(*values, **named)

    def pop(self, name: str, *default: Any) -> Any:
        """Remove a value and return it."""
        self._journal_former()
        return super().pop(name, *default)

    def setdefault(self, name: str, default: Any = None) -> Any:
        """Return a value, set first if it is missing."""
        self._journal_former()
        return super().setdefault(name, default)
