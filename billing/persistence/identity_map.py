"""Rows that one block of services has read, locked or made: each exists once, and is not read again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.db import models

Model = type[models.Model]
Key = tuple[Model, str]


class IdentityMap:
    """Rows by id, and by the columns in ``found_by``.

    Rows that are known to be absent are not looked for either.
    """

    def __init__(self, found_by: Mapping[Model, str]) -> None:
        self._found_by = found_by
        self._rows: dict[Key, models.Model] = {}
        self._locked: set[Key] = set()
        self._absent: set[Key] = set()
        # Rows by the value that their column had when they were added, and the values of which all rows are
        # known.
        self._by: dict[Model, defaultdict[Any, dict[str, models.Model]]] = {
            model: defaultdict(dict) for model in found_by
        }
        self._complete: dict[Model, set[Any]] = {model: set() for model in found_by}
        # Those that were returned to be changed since ``checkpoint``.
        self._touched: set[Key] = set()

    def add(self, row: models.Model, *, locked: bool) -> None:
        """Remembers a row; one that is locked takes the place of one that is not."""
        key = (type(row), cast(str, row.pk))
        if locked:
            self._locked.add(key)
            self._touched.add(key)
        elif key in self._rows:
            return
        self._rows[key] = row
        self.moved(row)

    def moved(self, row: models.Model) -> None:
        """Lets the row be found by its column's present value, too."""
        column = self._found_by.get(type(row))
        if column:
            self._by[type(row)][getattr(row, column)][cast(str, row.pk)] = row

    def get(self, model: Model, row_id: str, *, locked: bool) -> models.Model | None:
        """The row if it is known; with ``locked`` only if it is locked too."""
        key = (model, row_id)
        if locked:
            if key not in self._locked:
                return None
            self._touched.add(key)
        return self._rows.get(key)

    def lacks(self, model: Model, ids: Iterable[str]) -> None:
        """Remembers that those of the ids that are not known do not exist."""
        self._absent.update((model, row_id) for row_id in ids if (model, row_id) not in self._rows)

    def is_absent(self, model: Model, row_id: str) -> bool:
        """Whether it was looked for and not found."""
        return (model, row_id) in self._absent and (model, row_id) not in self._rows

    def has_all(self, model: Model, values: Iterable[Any]) -> None:
        """Remembers that every row whose column has one of the values is known."""
        self._complete[model].update(values)

    def where(self, model: Model, value: Any) -> list[Any] | None:
        """All rows whose column has the value, None unless all of them are known."""
        if value not in self._complete[model]:
            return None
        column = self._found_by[model]
        return [row for row in self._by[model][value].values() if getattr(row, column) == value]

    def checkpoint(self) -> None:
        """Starts a new list of touched rows."""
        self._touched.clear()

    def touched(self) -> set[Key]:
        """The rows that were returned to be changed since the last ``checkpoint``."""
        return set(self._touched)

    def forget(self, keys: Iterable[Key]) -> None:
        """Lets rows be read again."""
        for model, row_id in keys:
            row = self._rows.pop((model, row_id), None)
            self._locked.discard((model, row_id))
            if row is not None and model in self._by:
                self._complete[model].discard(getattr(row, self._found_by[model]))
                for rows in self._by[model].values():
                    rows.pop(row_id, None)

    def forget_all(self) -> None:
        """Lets all rows be read again."""
        self._rows.clear()
        self._locked.clear()
        self._absent.clear()
        for model in self._by:
            self._by[model].clear()
            self._complete[model].clear()
