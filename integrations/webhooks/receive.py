"""Receives a webhook, mostly in one statement: proves who sent it, stores its event, notifies a worker."""

from collections.abc import Mapping
from datetime import datetime

from integrations.errors import InvalidSignature, Rejected
from integrations.provider_api import Envelope
from integrations.queue import inbox_wakeup
from integrations.webhooks import event_store, signing_secrets, verify
from integrations.webhooks.signing_secrets import Key


def receive(
    provider: str, connection_id: str | None, headers: Mapping[str, str], body: bytes, now: datetime
) -> tuple[str, bool]:
    """The id of the event's row, and whether this webhook made it.

    Secrets that this process remembers are tried first: the statement that stores the event checks them
    again, so a withdrawn secret opens nothing. What they do not open is verified with the secrets that the
    database has now. Raises UnknownAddress, InvalidSignature, or Rejected for a proven message that cannot be
    read.
    """
    event_id = _with_remembered_secrets(provider, connection_id, headers, body, now)
    if event_id is None:
        keys = verify.keys(provider, connection_id, now)
        return store(*verify.opened(provider, headers, body, keys, now), now)
    inbox_wakeup.notify()
    return event_id, True


def store(key: Key, envelope: Envelope, now: datetime) -> tuple[str, bool]:
    """Stores what ``key`` proves and notifies a worker; returns the event's id, and whether it is new.

    Raises InvalidSignature when the key proves nothing any more.
    """
    event_id = event_store.insert(key, envelope, now)
    if event_id is None:
        return _stored_before(key, envelope, now), False
    inbox_wakeup.notify()
    return event_id, True


def _with_remembered_secrets(
    provider: str, connection_id: str | None, headers: Mapping[str, str], body: bytes, now: datetime
) -> str | None:
    """The new row's id, None when no remembered secret proves the message."""
    keys = signing_secrets.remembered(provider, connection_id)
    if not keys:
        return None
    try:
        key, envelope = verify.opened(provider, headers, body, keys, now)
    except (InvalidSignature, Rejected):
        return None
    return event_store.insert(key, envelope, now)


def _stored_before(key: Key, envelope: Envelope, now: datetime) -> str:
    event_id = event_store.find(key, envelope, now)
    if event_id is None:
        raise InvalidSignature(
            "The signing secret was withdrawn a moment ago: sign with the one that replaced it."
        )
    return event_id
