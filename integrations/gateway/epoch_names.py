"""The names of a connection's epochs: which of those at the provider are known here."""

from collections.abc import Mapping
from hashlib import sha256

from integrations.models import Connection, WriteEpoch


def known(connection: Connection) -> frozenset[str]:
    """The names that may be at the provider without anything being wrong."""
    row = WriteEpoch.objects.filter(pk=connection.pk).first()
    return frozenset((*row.names, row.next_name)) if row else frozenset()


def take_over(connection: Connection, deleted: Connection) -> None:
    """Lets a connection that was made again know the names of the one before it."""
    row = WriteEpoch.objects.filter(pk=deleted.pk).first()
    if row is not None:
        names = [*row.names, *filter(None, [row.next_name])]
        WriteEpoch.objects.get_or_create(connection=connection, defaults={"names": names})


def adopt(connection: Connection) -> None:
    """Takes the unknown names for its own: what they stand for is known again."""
    row = WriteEpoch.objects.filter(pk=connection.pk).first()
    if row is not None:
        row.names = [*row.unknown, *row.names]
        row.unknown, row.began_at = [], None
        row.save(update_fields=["names", "unknown", "began_at"])


def of(connection: Connection, notes: Mapping[str, str]) -> frozenset[str]:
    """The names among an endpoint's notes."""
    return frozenset(name for name in notes if name.startswith(prefix(connection)))


def prefix(connection: Connection) -> str:
    """One for each environment, which survives its connections: several may share an endpoint."""
    return f"flexsync_epoch_{sha256(connection.environment_id.encode()).hexdigest()[:8]}_"
