"""Says which rows the services save, announced or not, to a block that asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from billing.models.base import Row

_saved: ContextVar[list[Row] | None] = ContextVar("saved", default=None)


@contextmanager
def recorded() -> Iterator[list[Row]]:
    """The rows that services save in the block, in this thread: some changes, such as an invoice's links, are
    announced to nothing else.
    """
    rows: list[Row] = []
    token = _saved.set(rows)
    try:
        yield rows
    finally:
        _saved.reset(token)


def record(row: Row) -> None:
    """Called with each row that is inserted or changed; does nothing outside of such a block."""
    rows = _saved.get()
    if rows is not None:
        rows.append(row)
