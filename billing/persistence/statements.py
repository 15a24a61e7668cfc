"""SQL that says which tables it touches, and who observes each statement while a unit of work is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, Self


class Statement(str):
    """SQL whose sender declares which tables it touches. Any other SQL is taken to touch every table.

    The ORM's compilers make these, and FlexSync's own statements may. Text that is made of one, by ``+`` or
    by formatting, is plain text again.
    """

    __slots__ = ("tables", "writes")
    tables: frozenset[str]
    writes: frozenset[str]

    def __new__(cls, sql: str, *, reads: Iterable[str] = (), writes: Iterable[str] = ()) -> Self:
        """``sql``, which reads and writes these tables, named as in the database, and no others."""
        statement = super().__new__(cls, sql)
        statement.writes = frozenset(writes)
        statement.tables = statement.writes.union(reads)
        return statement


class Observer(Protocol):
    """Observes each statement of this process's transaction, whatever sends it."""

    def before(self, sql: object) -> None:
        """Called when the statement is about to be sent."""

    def after(self, sql: object) -> None:
        """Called when the statement has been sent, and has failed or not."""

    def before_savepoint(self) -> None:
        """Called when a savepoint is about to be made."""

    def after_rollback(self) -> None:
        """Called when all that happened since a savepoint has been rolled back."""


observer: ContextVar[Observer | None] = ContextVar("current_unit_of_work", default=None)


@contextmanager
def observed(sql: object) -> Iterator[None]:
    """Calls the observer, if there is one, around the statement that the block sends."""
    here = observer.get()
    if here is None:
        yield
        return
    here.before(sql)
    try:
        yield
    finally:
        here.after(sql)
