"""The database's wrapper, where Django looks for it (page "Subclassing the built-in database backends")."""

from typing import Any

from django.db.backends.postgresql import base, operations
from django.db.backends.postgresql.psycopg_any import register_tzloader

from billing.persistence.postgresql.cursors import observed_cursor
from billing.persistence.statements import Statement, observer


class DatabaseOperations(operations.DatabaseOperations):
    """Compiles queries to statements that declare their tables; those for savepoints touch none."""

    compiler_module = "billing.persistence.postgresql.compiler"

    def savepoint_create_sql(self, sid: str) -> str:
        """SAVEPOINT."""
        return Statement(super().savepoint_create_sql(sid))

    def savepoint_commit_sql(self, sid: str) -> str:
        """RELEASE SAVEPOINT."""
        return Statement(super().savepoint_commit_sql(sid))

    def savepoint_rollback_sql(self, sid: str) -> str:
        """ROLLBACK TO SAVEPOINT."""
        return Statement(super().savepoint_rollback_sql(sid))


class DatabaseWrapper(base.DatabaseWrapper):
    """Every cursor of the connection, psycopg's own too, is observed."""

    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        """Those of Django, with the cursors that psycopg's connection hands out."""
        params: dict[str, Any] = super().get_connection_params()
        return params | {"cursor_factory": observed_cursor(params["cursor_factory"])}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Django's, with server-side cursors that are observed as well."""
        connection = super().get_new_connection(conn_params)
        connection.server_cursor_factory = observed_cursor(base.ServerSideCursor)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Django's; it makes server-side cursors of a class of its own, which is not the connection's."""
        if not name:
            return super().create_cursor()
        held = self.connection.autocommit
        cursor = self.connection.cursor(name, scrollable=False, withhold=held)
        register_tzloader(self.timezone, cursor)
        return cursor

    def _savepoint(self, sid: str) -> None:
        if here := observer.get():
            here.before_savepoint()
        super()._savepoint(sid)  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        if here := observer.get():
            here.after_rollback()
