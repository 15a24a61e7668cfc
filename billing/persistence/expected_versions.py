"""Lets a caller change a row only as it has seen it: nobody's change is overwritten unseen."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from billing.errors import BillingError, Code
from billing.models.base import Row


class Outdated(BillingError):
    """Another has changed the row since the caller read it."""

    code = Code.OUTDATED


class Expected(NamedTuple):
    """``versions`` are those in which the row may be changed; None for any."""

    row_id: str
    versions: Collection[int] | None


_expected: ContextVar[Expected | None] = ContextVar("expected", default=None)


@contextmanager
def scope() -> Iterator[None]:
    """What is expected in the block ends with it."""
    token = _expected.set(None)
    try:
        yield
    finally:
        _expected.reset(token)


def expect(row_id: str, versions: Collection[int] | None) -> None:
    """From now on ``check`` accepts this row only in one of these versions."""
    _expected.set(Expected(row_id, versions))


def check(row: Row) -> None:
    """Raises Outdated when the row, which is locked, is not as the caller has seen it."""
    expected = _expected.get()
    if expected is None or expected.row_id != row.pk or expected.versions is None:
        return
    if row.version not in expected.versions:
        raise Outdated(
            f"The {row._meta.verbose_name} {row.pk} has changed since you read it: this is version {row.version}."
            " Read it again, and send what you want to change with its ETag."
        )
