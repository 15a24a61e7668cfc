"""Addresses of channels: checked, sealed, and used through apprise.

https://github.com/caronc/apprise/wiki lists what apprise knows: mailto://, slack://, https://hooks.slack.com/...,
json:// and many others.
"""

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from billing.errors import Invalid
from integrations.db.encryption import decrypt, encrypt
from integrations.models import AlertChannel

if TYPE_CHECKING:
    import apprise

# What apprise could do on this machine, which a channel is not for.
LOCAL = frozenset({"dbus", "qt", "glib", "kde", "gnome", "macosx", "windows", "syslog", "file"})
WHERE = (
    "such as mailto://user:password@example.com?to=ops@example.com or https://hooks.slack.com/services/..."
)


class NotSent(Exception):
    """A message that could not be sent, and why."""


def seal(channel: AlertChannel, address: str) -> None:
    """Sets the channel's address (the caller saves); raises Invalid for one that apprise does not know."""
    scheme = urlsplit(address).scheme.lower()
    if scheme in LOCAL or not _target(address):
        raise Invalid.of({"address": f"Apprise does not know this address. Write one {WHERE}"})
    channel.sealed_address = encrypt(address)
    channel.shown_address = _shown(address)


def send(channel: AlertChannel, *, title: str, body: str) -> None:
    """Sends a message; raises NotSent with what apprise says, in which no address is named."""
    import apprise

    target = _target(decrypt(channel.sealed_address))
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]
        if target.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT):
            return
        why = " ".join(said.getvalue().split())
    raise NotSent(why[:500] or "The address did not take it.")


def _target(address: str) -> "apprise.Apprise":
    """Falsy for an address that apprise does not know. It loads slowly, and few processes need it."""
    import apprise

    target = apprise.Apprise()
    target.add(address)
    return target


def _shown(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}/..."[:300]
