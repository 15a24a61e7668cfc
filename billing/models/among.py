"""``filter(pk__among=ids)``: what ``__in`` says, with all values in one parameter, for lists of a thousand."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from billing.arrays import text_array


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
