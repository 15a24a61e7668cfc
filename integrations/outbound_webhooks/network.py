"""Where webhooks may go: never into the network that FlexSync itself stands in.

https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from billing.errors import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Names that only mean something inside a network.
INNER_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")
# IPv6 addresses with an IPv4 address at their end, which a translator reaches (RFC 6052).
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
# Nobody's, which Python takes for the internet's: relays of 6to4 once (RFC 7526), examples (RFC 9637).
NOBODYS = (ipaddress.ip_network("192.88.99.0/24"), ipaddress.ip_network("3fff::/20"))
INNER = (
    "{} is an inner address. Send one that the internet reaches (WEBHOOK_ALLOWED_NETWORKS names exceptions)."
)


class Refused(Exception):
    """The address may not be connected to, and why."""


@dataclass(frozen=True)
class Target:
    """A checked URL, taken apart. ``path`` is with its query."""

    is_https: bool
    host: str
    port: int
    path: str


def checked(url: str, *, https_only: bool) -> Target:
    """The URL taken apart; raises Invalid, by the name ``url``, for one that webhooks may not be sent to."""
    try:
        parts = _split(url)
        return _target(parts, https_only)
    except (ValueError, UnicodeError) as error:
        raise Invalid.of({"url": f"This is no URL: {error}."}) from None
    except Refused as refusal:
        raise Invalid.of({"url": str(refusal)}) from None


def address_of(target: Target) -> str:
    """The address to connect to; raises OSError for none, Refused if any that the name has is an inner one.

    Whoever connects has to connect to this address: the name may have another one a moment later.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if is_inner(ipaddress.ip_address(address.partition("%")[0])):
            raise Refused(INNER.format(f"{target.host} ({address})"))
    return addresses[0]


def is_inner(address: Address) -> bool:
    """Whether it is not one of the internet's, and no setting allows it."""
    if any(address in network for network in _allowed()):
        return False
    if any(is_inner(one) for one in _embedded(address)):
        return True
    return not address.is_global or address.is_multicast or address.is_reserved or _is_nobodys(address)


def _split(url: str) -> SplitResult:
    # A browser takes a backslash for a slash, and Python does not: both read another host then.
    if re.search(r"[\x00-\x20\x7f\\]", url) or not url.isascii():
        raise ValueError("use only printable ASCII without spaces and backslashes")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError("begin it with https://")
    if "@" in parts.netloc:
        raise ValueError("it may not have a user or a password; send headers of your own instead")
    if "#" in url:
        raise ValueError("it may not have a fragment (#)")
    return parts


def _target(parts: SplitResult, https_only: bool) -> Target:
    is_https = parts.scheme == "https"
    if https_only and not is_https:
        raise ValueError("a production environment sends to https:// only")
    host, port = parts.hostname or "", parts.port
    if not host or port == 0 or "%" in parts.netloc:
        raise ValueError("it needs a host and, if any, a port from 1 to 65535")
    _refuse_inner(host)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    return Target(is_https, host, port or (443 if is_https else 80), path)


def _refuse_inner(host: str) -> None:
    """Refuses what names an inner address by itself; a name is looked up whenever something is sent."""
    last = host.rstrip(".").rpartition(".")[2]
    if ":" in host:
        is_refused = is_inner(ipaddress.ip_address(host))
    elif re.fullmatch(r"[0-9]+|0x[0-9a-f]*", last):
        # Decimal, octal, hexadecimal and shortened forms are read by some resolvers: only the usual one is.
        is_refused = is_inner(ipaddress.IPv4Address(host))
    else:
        names = any(host.rstrip(".") == name or host.rstrip(".").endswith(f".{name}") for name in INNER_NAMES)
        is_refused = (names or "." not in host.rstrip(".")) and not _allowed()
    if is_refused:
        raise Refused(INNER.format(host))


def _allowed() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(one) for one in settings.WEBHOOK_ALLOWED_NETWORKS]


def _is_nobodys(address: Address) -> bool:
    is_old = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return is_old or any(address in network for network in NOBODYS)


def _embedded(address: Address) -> list[Address]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in TRANSLATED:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in found if one is not None]
