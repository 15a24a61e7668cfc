"""The signing secrets that this process has opened and remembers: storing an event checks them again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db.models import Q

from integrations.db.encryption import NoKeyOpens, decrypt
from integrations.models import SigningSecret
from integrations.models.connections import ConnectionStatus

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Key:
    """One signing secret in the clear, and whose it is."""

    id: int
    connection_id: str
    last4: str
    text: str = field(repr=False)


_remembered: dict[tuple[str, str | None], Sequence[Key]] = {}


def remembered(provider: str, connection_id: str | None) -> Sequence[Key]:
    """What ``valid`` last returned in this process; some may be withdrawn, and new ones are missing."""
    return _remembered.get((provider, connection_id), ())


def valid(provider: str, connection_id: str | None, now: datetime) -> Sequence[Key]:
    """The unexpired secrets of one connection, or of all, as the database has them; costs one query.

    A secret that no key opens is logged and left out, so that it harms no other connection. Raises
    NoKeyOpens when none of them can be opened.
    """
    rows = SigningSecret.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now), connection__provider=provider
    ).exclude(connection__status=ConnectionStatus.ARCHIVED)
    if connection_id is not None:
        rows = rows.filter(connection_id=connection_id)
    sealed = list(rows.values_list("id", "connection_id", "last4", "sealed"))
    keys = [key for row in sealed if (key := _opened(*row))]
    if sealed and not keys:
        raise NoKeyOpens(
            "None of CREDENTIAL_KEYS opens the signing secret. Put back the key that it was encrypted with, then send"
            " the event again."
        )
    _remember((provider, connection_id), keys)
    return keys


def _opened(id: int, connection_id: str, last4: str, sealed: str) -> Key | None:
    try:
        return Key(id, connection_id, last4, decrypt(sealed))
    except NoKeyOpens as error:
        log.error("signing_secret_unreadable", connection_id=connection_id, error=str(error))
        return None


def _remember(address: tuple[str, str | None], keys: Sequence[Key]) -> None:
    """Only for addresses that exist, so that made-up ones take no memory."""
    if keys:
        _remembered[address] = keys
    else:
        _remembered.pop(address, None)
