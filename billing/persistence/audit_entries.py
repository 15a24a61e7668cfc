"""Stores entries of the audit: one by an INSERT, many by one COPY."""

from collections.abc import Sequence
from typing import Any

from django.db import connection as database

from billing.models import AuditEntry
from billing.persistence.statements import Statement

TABLE = AuditEntry._meta.db_table
_COLUMNS = tuple(str(field.column) for field in AuditEntry._meta.concrete_fields if not field.primary_key)
_NAMES = ", ".join(_COLUMNS)
_INSERT = f"INSERT INTO {TABLE} ({_NAMES}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"
_COPY = f"COPY {TABLE} ({_NAMES}) FROM STDIN"

LONGEST_ACTOR = 255

# The columns of an AuditEntry in their order, without its id; ``changes`` as the text of JSON.
Entry = tuple[Any, ...]


def insert(entry: Entry) -> None:
    """Stores one in the caller's transaction."""
    with database.cursor() as cursor:
        cursor.execute(Statement(_INSERT, writes=[TABLE]), entry)


def copy(entries: Sequence[Entry]) -> None:
    """Stores them in the caller's transaction, in their order."""
    statement = Statement(_COPY, writes=[TABLE])
    with database.wrap_database_errors, database.cursor() as cursor, cursor.copy(statement) as into:
        for entry in entries:
            into.write_row(entry)
