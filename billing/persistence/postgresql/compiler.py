"""The ORM's compilers: they know which tables a query touches, and declare them with the SQL that they
return.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.db.backends.postgresql import compiler
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler as BaseSQLCompiler
from django.db.models.sql.datastructures import BaseTable, Join
from django.db.models.sql.where import ExtraWhere

from billing.persistence.statements import Statement, observer

# Stands for what hand-written SQL inside a query touches. No table has this name.
ANY_TABLE = "*"
# Expressions of these packages name no tables but by what they compile.
TRUSTED = ("django.db.", "django.contrib.postgres.", "billing.persistence.")

_touched: ContextVar[set[str] | None] = ContextVar("touched_tables", default=None)


class _Declaring(BaseSQLCompiler):
    """Notes each table that goes into the SQL, also within subqueries: these are compiled meanwhile."""

    def compile(self, node: Any) -> Any:
        touched = _touched.get()
        if touched is not None:
            _note(node, touched)
        return super().compile(node)

    def as_sql(self, *args: Any, **options: Any) -> Any:
        if observer.get() is None:
            return super().as_sql(*args, **options)
        with _noting(self.query) as touched:
            compiled: Any = super().as_sql(*args, **options)
        if touched is None:
            return compiled
        if isinstance(compiled, list):
            return [(self._declared(sql, touched), params) for sql, params in compiled]
        sql, params = compiled
        return self._declared(sql, touched), params

    def _declared(self, sql: str, touched: set[str]) -> Statement:
        return Statement(sql, reads=touched)


class _DeclaringWrites(_Declaring):
    def _declared(self, sql: str, touched: set[str]) -> Statement:
        return Statement(sql, reads=touched, writes=[self.query.get_meta().db_table])


class SQLCompiler(_Declaring, compiler.SQLCompiler):
    """SELECT."""


class SQLAggregateCompiler(_Declaring, compiler.SQLAggregateCompiler):
    """SELECT of sums and counts."""


class SQLInsertCompiler(_DeclaringWrites, compiler.SQLInsertCompiler):
    """INSERT."""


class SQLUpdateCompiler(_DeclaringWrites, compiler.SQLUpdateCompiler):
    """UPDATE."""


class SQLDeleteCompiler(_DeclaringWrites, compiler.SQLDeleteCompiler):
    """DELETE."""


@contextmanager
def _noting(query: Any) -> Iterator[set[str] | None]:
    """Gives the outermost query the tables that are noted in the block, and subqueries None."""
    outer = _touched.get()
    touched: set[str] = set() if outer is None else outer
    if query.extra_tables:
        touched.add(ANY_TABLE)
    token = _touched.set(touched)
    try:
        yield touched if outer is None else None
    finally:
        _touched.reset(token)


def _note(node: Any, touched: set[str]) -> None:
    if isinstance(node, BaseTable | Join):
        touched.add(node.table_name)
    elif not _is_trusted(node.__class__) or getattr(node, "extra", None):
        touched.add(ANY_TABLE)


@cache
def _is_trusted(node: type) -> bool:
    return node.__module__.startswith(TRUSTED) and not issubclass(node, RawSQL | ExtraWhere)
