"""Finds out who sent a webhook: which of the signing secrets, of which several are valid, proves it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from integrations.provider_api import Envelope, OpenWebhook, registry
from integrations.webhooks import signing_secrets
from integrations.webhooks.signing_secrets import Key, UnknownAddress


def keys(provider: str, connection_id: str | None, now: datetime) -> Sequence[Key]:
    """The secrets that may verify now: of one connection, or of any.

    Raises UnknownAddress. Costs one statement.
    """
    _opener(provider)
    return signing_secrets.valid(provider, connection_id, now)


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
