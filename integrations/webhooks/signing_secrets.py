"""The signing secrets that this process has opened and remembers: storing an event checks them again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from integrations.db import prepared
from integrations.db.encryption import NoKeyOpens, decrypt
from integrations.models import Connection, SigningSecret
from integrations.models.connections import ConnectionStatus

# A row without a secret is a connection that has none.
OF_ALL = f"""
SELECT s.id, c.id, s.last4, s.sealed
FROM {Connection._meta.db_table} c LEFT JOIN {SigningSecret._meta.db_table} s
    ON s.connection_id = c.id AND (s.expires_at IS NULL OR s.expires_at > %s)
WHERE c.provider = %s AND c.status <> '{ConnectionStatus.ARCHIVED}'
"""
OF_ONE = f"{OF_ALL} AND c.id = %s"

log = structlog.get_logger(__name__)


class UnknownAddress(LookupError):
    """No webhooks are received there; the message says what is unknown."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Key:
    """One signing secret in the clear, as it is stored, and whose it is."""

    id: int
    connection_id: str
    last4: str
    sealed: str = field(repr=False)
    text: str = field(repr=False)


_remembered: dict[tuple[str, str | None], Sequence[Key]] = {}


def remembered(provider: str, connection_id: str | None) -> Sequence[Key]:
    """What ``valid`` last returned in this process; some may be withdrawn, and new ones are missing."""
    return _remembered.get((provider, connection_id), ())


def valid(provider: str, connection_id: str | None, now: datetime) -> Sequence[Key]:
    """The unexpired secrets of one connection, or of all, as the database has them; costs one statement.

    A secret that no key opens is logged and left out, so that it harms no other connection. Raises
    NoKeyOpens when none of them can be opened, and UnknownAddress where there is no such connection.
    """
    values = [now, provider] if connection_id is None else [now, provider, connection_id]
    found = prepared.rows(OF_ALL if connection_id is None else OF_ONE, values)
    address = (provider, connection_id)
    sealed = [row for row in found if row[0] is not None]
    known = {(key.id, key.sealed): key for key in remembered(*address)}
    keys = [key for row in sealed if (key := known.get((row[0], row[3])) or _opened(*row))]
    _remember(address, keys)
    if connection_id is not None and not found:
        raise UnknownAddress(f"There is no connection {connection_id!r}.")
    if sealed and not keys:
        raise NoKeyOpens(
            "None of CREDENTIAL_KEYS opens the signing secret. Put back the key that it was encrypted with, then send"
            " the event again."
        )
    return keys


def _opened(id: int, connection_id: str, last4: str, sealed: str) -> Key | None:
    try:
        return Key(id, connection_id, last4, sealed, decrypt(sealed))
    except NoKeyOpens as error:
        log.error("signing_secret_unreadable", connection_id=connection_id, error=str(error))
        return None


def _remember(address: tuple[str, str | None], keys: Sequence[Key]) -> None:
    """Only for addresses that exist, so that made-up ones take no memory."""
    if keys:
        _remembered[address] = keys
    else:
        _remembered.pop(address, None)
