"""Finds out who sent a webhook: which of the signing secrets, of which several are valid, proves it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import Envelope, OpenWebhook, registry
from integrations.webhooks import signing_secrets
from integrations.webhooks.signing_secrets import Key


class UnknownAddress(LookupError):
    """No webhooks are received there; the message says what is unknown."""

    def __str__(self) -> str:
        return str(self.args[0])


def keys(provider: str, connection_id: str | None, now: datetime) -> Sequence[Key]:
    """The secrets that may verify now: of one connection, or of any.

    Raises UnknownAddress. Costs one query, two when there is no secret.
    """
    _opener(provider)
    found = signing_secrets.valid(provider, connection_id, now)
    if not found and connection_id is not None and not _exists(provider, connection_id):
        raise UnknownAddress(f"There is no connection {connection_id!r}.")
    return found


def opened(
    provider: str, headers: Mapping[str, str], body: bytes, keys: Sequence[Key], now: datetime
) -> tuple[Key, Envelope]:
    """The opened message, and the one of ``keys`` that proves it.

    Raises UnknownAddress, InvalidSignature, or Rejected for a proven message that cannot be read.
    """
    envelope = _opener(provider)(headers, body, [key.text for key in keys], now)
    return keys[envelope.secret_index], envelope


def _opener(provider: str) -> OpenWebhook:
    found = registry.providers().get(provider)
    if found is None or found.webhooks is None:
        raise UnknownAddress(f"There is no provider {provider!r} that sends webhooks.")
    return found.webhooks.open


def _exists(provider: str, connection_id: str) -> bool:
    known = Connection.objects.filter(pk=connection_id, provider=provider)
    return known.exclude(status=ConnectionStatus.ARCHIVED).exists()
