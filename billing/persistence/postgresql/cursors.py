"""Cursors of psycopg whose statements are observed: all that a program sends goes through a cursor."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg

from billing.persistence.statements import observed, observer

AnyCursor = psycopg.Cursor[Any]


@cache
def observed_cursor(cursor: type[AnyCursor]) -> type[AnyCursor]:
    """The class of cursors, observed."""
    return type(f"Observed{cursor.__name__}", (_Observed, cursor), {})


class _Observed(AnyCursor):
    """Each of the ways in which a cursor sends a statement."""

    def execute(self, query: Any, *args: Any, **options: Any) -> Any:
        if observer.get() is None:
            return super().execute(query, *args, **options)
        with observed(query):
            return super().execute(query, *args, **options)

    def executemany(self, query: Any, *args: Any, **options: Any) -> None:
        with observed(query):
            super().executemany(query, *args, **options)

    def stream(self, query: Any, *args: Any, **options: Any) -> Iterator[Any]:
        with observed(query):
            yield from super().stream(query, *args, **options)

    @contextmanager
    def copy(self, statement: Any, *args: Any, **options: Any) -> Iterator[psycopg.Copy]:
        with observed(statement), super().copy(statement, *args, **options) as copy:
            yield copy
