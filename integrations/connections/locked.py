"""A connection that is to be changed: locked, and as the caller has seen it."""

from billing.errors import Conflict
from billing.persistence import expected_versions
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus


def lock(connection: Connection) -> Connection:
    """The row as it is stored, locked until the transaction ends.

    Raises Conflict for a deleted one, and Outdated where the caller has seen other settings.
    """
    row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    refuse_deleted(row)
    expected_versions.check(row)
    return row


def refuse_deleted(connection: Connection) -> None:
    """Raises Conflict for a deleted connection."""
    if connection.status == ConnectionStatus.ARCHIVED:
        raise Conflict("This connection was deleted. Create a new one.")
