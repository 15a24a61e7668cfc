"""Lets the database refuse each change of a state that the models do not declare, while a test runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from flexsync.state_diagrams import declared

FUNCTION = """
CREATE FUNCTION undeclared_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'undeclared change of % to %: %', TG_TABLE_NAME, to_jsonb(NEW) ->> TG_ARGV[0], to_jsonb(OLD) ->> TG_ARGV[0];
END $$
"""
TRIGGER = """
CREATE TRIGGER undeclared_change AFTER UPDATE OF {column} ON {table} FOR EACH ROW
WHEN (OLD.{column} <> NEW.{column} AND (OLD.{column} || '>' || NEW.{column}) <> ALL (ARRAY[{pairs}]))
EXECUTE FUNCTION undeclared_change('{column}')
"""


@contextmanager
def only_declared_changes() -> Iterator[None]:
    """For the length of the block."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTION)
        for model, changes in declared():
            pairs = ", ".join(f"'{before}>{after}'" for before, after in changes.pairs())
            cursor.execute(TRIGGER.format(column=changes.column, table=model._meta.db_table, pairs=pairs))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION undeclared_change CASCADE")
