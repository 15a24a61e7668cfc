"""Takes a webhook in: proves who sent it, stores its event, calls a worker. One statement, when nothing is unusual."""

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

    Secrets that this process remembers are tried first: the statement that stores the event proves them again, so
    that a withdrawn one opens nothing, and whatever they do not open is judged by those that the database has now.
    Raises UnknownAddress, InvalidSignature, or Rejected for a proven message that cannot be read.
    """
    event_id = _by_memory(provider, connection_id, headers, body, now)
    if event_id is None:
        keys = verify.keys(provider, connection_id, now)
        return store(*verify.opened(provider, headers, body, keys, now), now)
    inbox_wakeup.notify()
    return event_id, True


def store(key: Key, envelope: Envelope, now: datetime) -> tuple[str, bool]:
    """Stores what ``key`` proves and calls a worker; the id of the event's row, and whether it is a new one.

    Raises InvalidSignature when the key proves nothing any more.
    """
    event_id = event_store.insert(key, envelope, now)
    if event_id is None:
        return _known(key.connection_id, envelope), False
    inbox_wakeup.notify()
    return event_id, True


def _by_memory(
    provider: str, connection_id: str | None, headers: Mapping[str, str], body: bytes, now: datetime
) -> str | None:
    """The new row's id when a remembered secret is enough."""
    keys = signing_secrets.remembered(provider, connection_id)
    if not keys:
        return None
    try:
        key, envelope = verify.opened(provider, headers, body, keys, now)
    except (InvalidSignature, Rejected):
        return None
    return event_store.insert(key, envelope, now)


def _known(connection_id: str, envelope: Envelope) -> str:
    event_id = event_store.stored(connection_id, envelope)
    if event_id is None:
        raise InvalidSignature("The signing secret was withdrawn a moment ago.")
    return event_id
