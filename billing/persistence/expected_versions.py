"""Lets a caller change a row only as it has seen it: nobody's change is overwritten unseen."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, NamedTuple, Protocol

from billing.errors import BillingError, Code


class Outdated(BillingError):
    """Another has changed the row since the caller read it."""

    code = Code.OUTDATED


class Versioned(Protocol):
    """A row of any kind that has a version."""

    pk: Any
    _meta: ClassVar[Any]

    @property
    def version(self) -> int:
        """Another number after a change of what a caller may have seen."""


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


def is_outdated(row: Versioned) -> bool:
    """Whether the row, which is locked, is another than the caller has seen."""
    expected = _expected.get()
    if expected is None or expected.row_id != row.pk or expected.versions is None:
        return False
    return row.version not in expected.versions


def check(row: Versioned) -> None:
    """Raises Outdated when the row, which is locked, is not as the caller has seen it."""
    if is_outdated(row):
        raise Outdated(
            f"The {row._meta.verbose_name} {row.pk} has changed since you read it: this is version {row.version}."
            " Read it again, and send what you want to change with its ETag."
        )
