"""Rows that other transactions have locked, where a block of many changes does not wait for one of them."""

from collections.abc import Iterable

from django.db import connection, models

from billing.persistence.any_lookup import text_array
from billing.persistence.statements import Statement


class RowLocked(Exception):
    """Another transaction has the row: what needs it is left for later, and all else goes on."""

    def __init__(self, model: type[models.Model], row_id: str) -> None:
        super().__init__(f"Another transaction has locked {model._meta.verbose_name} {row_id}.")


class BusyRows:
    """The rows that a block cannot have, because others have locked them."""

    def __init__(self) -> None:
        self._ids: dict[type[models.Model], set[str]] = {}

    def add(self, model: type[models.Model], ids: Iterable[str]) -> None:
        """Remembers rows that exist and are locked."""
        self._ids.setdefault(model, set()).update(ids)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return any(self._ids.values())

    def refuse(self, model: type[models.Model], row_id: str) -> None:
        """Raises RowLocked for one of them."""
        if row_id in self._ids.get(model, ()):
            raise RowLocked(model, row_id)


def existing(model: type[models.Model], ids: Iterable[str]) -> set[str]:
    """Those of the ids that there are."""
    wanted = sorted(ids)
    rows = model._default_manager.filter(pk__among=wanted).order_by()
    return set(rows.values_list("pk", flat=True)) if wanted else set()


def pointed_at(model: type[models.Model], ids: Iterable[str]) -> set[str]:
    """Those that rows may point at now, as the foreign keys' own checks lock them; waits for none.

    Page "Explicit Locking" of PostgreSQL: KEY SHARE.
    """
    wanted = sorted(ids)
    if not wanted:
        return set()
    table = model._meta.db_table
    sql = f'SELECT id FROM "{table}" WHERE id = ANY (%s::text[]) ORDER BY id FOR KEY SHARE SKIP LOCKED'
    with connection.cursor() as cursor:
        cursor.execute(Statement(sql, reads=[table]), [text_array(wanted)])
        return {row_id for (row_id,) in cursor.fetchall()}
