"""A stored object, which tells the journal what it was, and its collection that it changes."""

from collections.abc import Mapping
from typing import Any

from .collection import Collection
from .journal import Journal


class StoredObject(dict[str, Any]):
    """A dictionary that journals its former values before the first change in each unit of work.

    Values inside it are replaced, never changed in place: the journal keeps no copies of them.
    """

    __slots__ = ("_collection", "_journal", "_scope")

    def __init__(self, values: Mapping[str, Any], journal: Journal, collection: Collection) -> None:
        super().__init__(values)
        self._journal, self._scope, self._collection = journal, journal.scope, collection

    def _before_change(self) -> None:
        self._collection.changed(self["id"])
        scope = self._journal.scope
        if scope and scope != self._scope:
            former = dict(self)
            self._journal.record(lambda: self._restore(former))
            self._scope = scope

    def _restore(self, former: dict[str, Any]) -> None:
        super().clear()
        super().update(former)
        self._scope = 0
        self._collection.changed(self["id"])

    def __setitem__(self, name: str, value: Any) -> None:
        self._before_change()
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self._before_change()
        super().__delitem__(name)

    def update(self, *values: Any, **named: Any) -> None:
        """Set several values."""
        self._before_change()
        super().update(*values, **named)

    def pop(self, name: str, *default: Any) -> Any:
        """Remove a value and return it."""
        self._before_change()
        return super().pop(name, *default)

    def setdefault(self, name: str, default: Any = None) -> Any:
        """Return a value, set first if it is missing."""
        self._before_change()
        return super().setdefault(name, default)
