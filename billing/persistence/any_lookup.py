"""``filter(pk__among=ids)``: like ``__in``, with all values in one parameter, for lists of a thousand."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler


@models.CharField.register_lookup
class Among(models.Lookup):
    """PostgreSQL's ``= ANY (array)``; Django writes, quotes and checks each value of ``__in`` by itself."""

    lookup_name = "among"

    def get_prep_lookup(self) -> str:
        """The values as an array."""
        return text_array(self.rhs)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """``column = ANY (array)``."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY (%s)", (*params, self.rhs)


def text_array(values: Iterable[str | None]) -> str:
    """What ``%s::text[]`` takes (PostgreSQL's page "Arrays", input and output syntax), in a quarter of
    psycopg's time.
    """
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'
