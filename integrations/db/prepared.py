"""Statements that come with each webhook: planned once for a connection, and sent without a ping first."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError
from django.db import connection as database

from billing.persistence import time_limits


def rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What the statement returns."""
    return _on_a_living_connection(sql, values)[1]


def count(sql: str, values: Sequence[Any]) -> int:
    """How many rows the statement has written; it must do no harm when it is sent twice."""
    return _on_a_living_connection(sql, values)[0]


def _on_a_living_connection(sql: str, values: Sequence[Any]) -> tuple[int, list[tuple[Any, ...]]]:
    """Without Django's ping before a request's first statement, a round trip for each.

    A statement that meets a dead connection is sent again on a new one instead.
    """
    database.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _execute(sql, values)
    except (OperationalError, InterfaceError) as error:
        if database.in_atomic_block or time_limits.is_lock(error) or time_limits.is_statement(error):
            raise
        database.close()
        return _execute(sql, values)


def _execute(sql: str, values: Sequence[Any]) -> tuple[int, list[tuple[Any, ...]]]:
    """On a cursor that sends parameters apart, so that PostgreSQL plans the statement once a connection."""
    database.ensure_connection()
    with database._prepare_cursor(psycopg.Cursor(database.connection)) as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql, values)
        return cursor.rowcount, cursor.fetchall() if cursor.description else []
