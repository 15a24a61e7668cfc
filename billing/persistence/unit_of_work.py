"""Many changes in few statements: what services insert, change and announce is written at a block's end."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from django.db import models, transaction

from billing.events import Change, announce
from billing.models import Invoice, Payment
from billing.persistence import audit_entries, bulk_insert, prefetch
from billing.persistence.identity_map import IdentityMap
from billing.persistence.prefetch import Prefetch
from billing.persistence.row_locks import BusyRows
from billing.persistence.statements import Statement, observer
from billing.persistence.tables import FOUND_BY, declared_tables, known_tables, own_tables
from billing.persistence.unique_violations import unique_violation_as_conflict

Service = TypeVar("Service", bound=Callable[..., Any])


class Participant(Protocol):
    """Something besides billing's rows that is written with them."""

    tables: frozenset[str]
    """The tables that it writes, and whose rows it remembers."""

    def waits(self) -> bool:
        """Whether something waits to be written."""

    def write(self) -> None:
        """Writes it."""

    def forget(self) -> None:
        """Drops all that it remembers, and what waits."""


class UnitOfWork:
    """Rows that the block knows, and what waits to be written of them.

    No statement misses what waits: all of it is written before a statement that may touch it. And no row
    stays known after a statement that may have changed it. See docs/unit_of_work.md.
    """

    def __init__(self, participants: Iterable[Participant] = (), *, waits: bool = True) -> None:
        self.rows = IdentityMap(FOUND_BY)
        # None where the block waits for what others have locked.
        self.busy = None if waits else BusyRows()
        self._participants = tuple(participants)
        self._new: dict[type[models.Model], list[models.Model]] = {}
        self._changed: dict[type[models.Model], dict[str, models.Model]] = {}
        self._names: dict[type[models.Model], set[str]] = {}
        self._announcements: dict[Change, None] = {}
        self._entries: list[audit_entries.Entry] = []
        self._is_writing = False
        self._keeps_rows = False
        self._made: set[str] = set()
        # Equal numbers mean that nothing was changed in between.
        self.changes = 0

    def insert(self, rows: Iterable[models.Model]) -> None:
        """Lets new rows be written at the end of the block."""
        for row in rows:
            self._new.setdefault(type(row), []).append(row)
            self._made.add(cast(str, row.pk))
            self.rows.add(row, locked=True)
            if isinstance(row, Invoice):
                self.rows.has_all(Payment, [row.pk])
            self.changes += 1

    def has_made(self, row_id: str) -> bool:
        """Whether the row is one that this block has made."""
        return row_id in self._made

    def change(self, row: models.Model, names: Iterable[str]) -> None:
        """Lets the row's changed columns be written at the end of the block."""
        self.changes += 1
        self.rows.moved(row)
        if row._state.adding:
            return
        self._changed.setdefault(type(row), {})[cast(str, row.pk)] = row
        self._names.setdefault(type(row), set()).update(names)

    def note(self, entry: audit_entries.Entry) -> None:
        """Lets an entry of the audit be written at the end of the block."""
        self._entries.append(entry)

    def announce(self, change: Change) -> None:
        """Lets the change be announced at the end of the block, once."""
        self.changes += 1
        self._announcements[change] = None

    def forget_touched(self) -> bool:
        """Forgets the rows that a failed event may have changed.

        False when some of them wait to be written.
        """
        touched = self.rows.touched()
        waits = any(row_id in self._changed.get(model, {}) for model, row_id in touched)
        new = {(type(row), row.pk) for rows in self._new.values() for row in rows}
        if waits or touched & new:
            return False
        self.rows.forget(touched)
        return True

    def write(self) -> None:
        """Writes all that waits; raises Conflict for a unique value that is taken.

        Foreign keys are checked at commit, so the order of tables does not matter; that of rows is the same
        for all.
        """
        self._is_writing = True
        try:
            self._write_rows()
            for waiting in self._participants:
                waiting.write()
            self._write_entries()
            if self._announcements:
                changes, self._announcements = self._announcements, {}
                announce(*changes)
        finally:
            self._is_writing = False

    def before(self, sql: object) -> None:
        """Writes what waits, unless the statement is known to touch none of it."""
        if not self._is_writing and self._waits_in(declared_tables(sql)):
            self.write()

    def after(self, sql: object) -> None:
        """Forgets the rows that the statement may have changed."""
        if self._is_writing:
            return
        touched = declared_tables(sql)
        writes = sql.writes if touched is not None and isinstance(sql, Statement) else None
        if writes is None or writes:
            self.changes += 1
            self._forget(writes)

    def before_savepoint(self) -> None:
        """Writes what waits: a savepoint that is rolled back must not take with it what came before."""
        if not self._is_writing and self._waits_in(None):
            self.write()

    def after_rollback(self) -> None:
        """Drops what has waited since the savepoint, and the rows that were read and locked since."""
        if not self._is_writing:
            self._new, self._changed, self._names, self._announcements = {}, {}, {}, {}
            self._entries = []
            self.changes += 1
            self._forget(None)

    @contextmanager
    def keeping_rows(self) -> Iterator[None]:
        """Lets a service that brings the rows it knows up to date itself write past the unit of work."""
        self._keeps_rows = True
        try:
            yield
        finally:
            self._keeps_rows = False

    def _waits_in(self, tables: frozenset[str] | None) -> bool:
        """Whether something waits to be written in one of the tables; None stands for all of them."""
        waiting = {model._meta.db_table for model in (*self._new, *self._changed)}
        waiting.update(*(one.tables for one in self._participants if one.waits()))
        if self._entries:
            waiting.add(audit_entries.TABLE)
        if tables is None:
            return bool(waiting or self._announcements)
        # Subscribers to announcements may write to any other table.
        elsewhere = bool(self._announcements) and not tables <= own_tables().union(
            *(one.tables for one in self._participants)
        )
        return elsewhere or not tables.isdisjoint(waiting)

    def _forget(self, writes: frozenset[str] | None) -> None:
        """Lets rows be read again after a write into these tables; None stands for all of them."""
        if not self._keeps_rows and (writes is None or not writes.isdisjoint(known_tables())):
            self.rows.forget_all()
        for participant in self._participants:
            if writes is None or not writes.isdisjoint(participant.tables):
                participant.forget()

    def _write_rows(self) -> None:
        new, changed, names = self._new, self._changed, self._names
        self._new, self._changed, self._names = {}, {}, {}
        with unique_violation_as_conflict(savepoint=False):
            # First what changed: a new row may take a unique value that a changed row had before.
            for model, by_id in changed.items():
                # One statement: the rows exist and are locked, so that each INSERT becomes its UPDATE.
                model._default_manager.bulk_create(
                    [by_id[key] for key in sorted(by_id)],
                    update_conflicts=True,
                    unique_fields=["id"],
                    update_fields=sorted(names[model]),
                )
            for rows in new.values():
                bulk_insert.insert(rows)

    def _write_entries(self) -> None:
        """Last of all: what participants write is noted, too."""
        entries, self._entries = self._entries, []
        if entries:
            audit_entries.copy(entries)


def current_unit_of_work() -> UnitOfWork | None:
    """The unit of work of the block around; None outside of one."""
    return observer.get()  # type: ignore[return-value]  # ``cast`` would be one more call for each row


@contextmanager
def unit_of_work(
    environment_id: str, wanted: Prefetch, *, participants: Iterable[Participant] = (), waits: bool = True
) -> Iterator[UnitOfWork]:
    """Services called in this block write at its end; a failure in it leaves nothing written, if the caller's
    transaction is rolled back. ``participants``: what is written after the rows, and before they are
    announced. ``waits``: for rows that others have locked; else whoever needs one gets RowLocked.
    """
    if current_unit_of_work():
        raise RuntimeError("Units of work cannot be nested: call the services in the block that is open.")
    here = UnitOfWork(participants, waits=waits)
    prefetch.read(here.rows, here.busy, environment_id, wanted)
    token = observer.set(here)
    try:
        yield here
        here.write()
    finally:
        observer.reset(token)


def atomic(service: Service) -> Service:
    """``service`` in a transaction: all of it or nothing.

    Inside the block above no savepoint is spent on that: a service that fails there takes the whole block
    with it.
    """

    @wraps(service)
    def call(*args: Any, **named: Any) -> Any:
        if current_unit_of_work():
            return service(*args, **named)
        with transaction.atomic():
            return service(*args, **named)

    return cast("Service", call)
