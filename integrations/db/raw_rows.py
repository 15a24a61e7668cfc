"""Rows of hand-written SQL as models, without ``raw()``, which costs more than a small statement."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db import connection as database
from django.db.models import Model

ModelT = TypeVar("ModelT", bound=Model)


class Columns(Generic[ModelT]):
    """The columns of ``model``: ``sql`` names those of table ``alias``, ``read`` makes a model of values."""

    def __init__(self, model: type[ModelT], alias: str) -> None:
        self._model = model
        fields = model._meta.concrete_fields
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self.count = len(fields)
        self._names = [field.attname for field in fields]
        # Of all columns in use, only JSON needs a conversion.
        self._converters = [
            (index, field.from_db_value)
            for index, field in enumerate(fields)
            if hasattr(field, "from_db_value")
        ]

    def read(self, values: Sequence[Any]) -> ModelT:
        """The model with these ``count`` values."""
        converted = list(values)
        for index, convert in self._converters:
            converted[index] = convert(converted[index], None, database)
        return self._model.from_db(database.alias, self._names, converted)
