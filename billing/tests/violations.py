"""Statements that the database itself must refuse."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction


def refuse(sql: str, *values: Any) -> str:
    """The name of the constraint that refuses the statement, deferred ones included."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return str(caught.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]
