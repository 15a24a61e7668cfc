"""Many changes in few statements: what services insert, change and announce in one block is written at its end."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import models, transaction

from billing.events import Change, Kind, announce
from billing.models import Customer, Plan, Price, Subscription
from billing.models.base import Row
from billing.services.taken import taken_is_conflict

MODELS: dict[Kind, type[Row]] = {
    Kind.CUSTOMER: Customer,
    Kind.PLAN: Plan,
    Kind.PRICE: Price,
    Kind.SUBSCRIPTION: Subscription,
}
Service = TypeVar("Service", bound=Callable[..., Any])
Ids = Mapping[Kind, Iterable[str]]


class Gathered:
    """Rows that the block knows, and what waits to be written of them; ``defers``: whether rows wait at all."""

    def __init__(self, *, defers: bool = True) -> None:
        self.defers = defers
        self._known: dict[tuple[type[models.Model], str], models.Model] = {}
        self._locked: set[tuple[type[models.Model], str]] = set()
        self._new: dict[type[models.Model], list[models.Model]] = {}
        self._changed: dict[type[models.Model], dict[str, models.Model]] = {}
        self._names: dict[type[models.Model], set[str]] = {}
        self._changes: dict[Change, None] = {}
        # How much was asked for so far: equal numbers mean that nothing was written in between.
        self.asked = 0

    def know(self, rows: Iterable[models.Model], *, locked: bool) -> None:
        """Remembers rows of the database, so that they are not read again."""
        for row in rows:
            key = (type(row), cast(str, row.pk))
            if locked:
                self._known[key] = row
                self._locked.add(key)
            else:
                self._known.setdefault(key, row)

    def known(self, model: type[models.Model], row_id: str, *, locked: bool) -> models.Model | None:
        """The row when it was remembered, locked if that is asked for."""
        key = (model, row_id)
        return self._known.get(key) if not locked or key in self._locked else None

    def insert(self, rows: Iterable[models.Model]) -> None:
        """Lets new rows be written at the end of the block; until then only this block knows them."""
        for row in rows:
            self._new.setdefault(type(row), []).append(row)
            self.know([row], locked=True)
            self.asked += 1

    def change(self, row: models.Model, names: Iterable[str]) -> None:
        """Lets the row's changed columns be written at the end of the block."""
        self.asked += 1
        if row._state.adding:
            return
        self._changed.setdefault(type(row), {})[cast(str, row.pk)] = row
        self._names.setdefault(type(row), set()).update(names)

    def tell(self, change: Change) -> None:
        """Lets the change be announced at the end of the block, once."""
        self.asked += 1
        self._changes[change] = None

    def write(self) -> None:
        """Writes all that waits; raises Conflict for a unique value that is taken.

        Foreign keys are checked at commit, so the order of tables does not matter; that of rows is the same for all.
        """
        with taken_is_conflict(savepoint=False):
            for model, rows in self._new.items():
                model._default_manager.bulk_create(rows)
            for model, changed in self._changed.items():
                self._save(model, [changed[key] for key in sorted(changed)])
        self._new.clear()
        self._changed.clear()
        self._names.clear()
        if self._changes:
            announce(*self._changes)
            self._changes.clear()

    def _save(self, model: type[models.Model], rows: list[models.Model]) -> None:
        """One statement for all rows: they exist and are locked, so the INSERT always becomes its UPDATE."""
        names = sorted(self._names[model])
        model._default_manager.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=names
        )


_open: ContextVar[Gathered | None] = ContextVar("gathered", default=None)


def gathered() -> Gathered | None:
    """What the block around gathers; None outside of one."""
    return _open.get()


def deferring() -> Gathered | None:
    """The block around when rows wait for its end; None when services write them at once."""
    here = _open.get()
    return here if here and here.defers else None


@contextmanager
def together(environment_id: str, *, changing: Ids, naming: Ids) -> Iterator[Gathered]:
    """Services called in this block write at its end; a failure in it leaves nothing written, if the caller's
    transaction is rolled back.

    ``changing``: ids of rows that will probably be changed, which are locked, all at once. ``naming``: ids of those
    that others will point at.
    """
    here = Gathered()
    for kind, ids in changing.items():
        here.know(_rows(kind, environment_id, ids).select_for_update(no_key=True, of=("self",)), locked=True)
    for kind, ids in naming.items():
        here.know(_rows(kind, environment_id, ids), locked=False)
    with _opened(here):
        yield here


@contextmanager
def at_once() -> Iterator[Gathered]:
    """Services called in this block write at once, without savepoints, and their changes are announced at its end.

    For one unit of work: as in ``together``, the caller's transaction is rolled back when it fails.
    """
    with _opened(Gathered(defers=False)) as here:
        yield here


@contextmanager
def _opened(here: Gathered) -> Iterator[Gathered]:
    token = _open.set(here)
    try:
        yield here
        here.write()
    finally:
        _open.reset(token)


def atomic(service: Service) -> Service:
    """``service`` in a transaction: all of it or nothing.

    Inside the block above no savepoint is spent on that: a service that fails there takes the whole block with it.
    """

    @wraps(service)
    def call(*args: Any, **named: Any) -> Any:
        if gathered():
            return service(*args, **named)
        with transaction.atomic():
            return service(*args, **named)

    return cast("Service", call)


def _rows(kind: Kind, environment_id: str, ids: Iterable[str]) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = (
        MODELS[kind]._default_manager.filter(environment_id=environment_id, pk__in=ids).order_by("pk")
    )
    return rows.prefetch_related("items") if kind is Kind.SUBSCRIPTION else rows
