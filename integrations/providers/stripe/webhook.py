"""Opens a webhook: verifies who sent it (page "Verify webhook signatures") and reads just enough to store it.

With the standard library, not the SDK, which would cost a web process 0.9 s and 45 MB for one HMAC.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from integrations.errors import InvalidSignature, Rejected
from integrations.provider_api import Envelope, Json

HEADER = "stripe-signature"
TOLERANCE = 300  # Seconds, as in Stripe's own libraries; unlike them, FlexSync refuses the future too.
LARGEST_TIME = 253402300799  # The end of the year 9999, the latest datetime.
# JSON with these may contain what PostgreSQL refuses: a NUL, half of a surrogate pair.
UNSTORABLE = (b"\\u0000", b"\\ud", b"\\uD")


def open_webhook(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Envelope:
    """The event in ``body``; raises InvalidSignature, or Rejected for what is no event."""
    timestamp, signatures = _signature_header(headers)
    index = _verifying(timestamp, signatures, body, secrets)
    _check_age(int(timestamp), now)
    return _envelope(_event(body), body, index)


def signature(timestamp: str, body: bytes, secret: str) -> str:
    """The v1 signature of ``body`` sent at ``timestamp`` (seconds), in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


def _signature_header(headers: Mapping[str, str]) -> tuple[str, list[bytes]]:
    """The timestamp as it was signed, and every v1 signature: two while a secret is being rolled."""
    header = next((value for name, value in headers.items() if name.lower() == HEADER), "")
    if not header:
        raise InvalidSignature("The Stripe-Signature header is missing.")
    pairs = [item.strip().partition("=") for item in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = [value.encode("utf-8", "replace") for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not _is_time(times[0]) or not signatures:
        raise InvalidSignature(
            "The Stripe-Signature header is malformed: it needs one t=<seconds> and a v1=<hex>."
        )
    return times[0], signatures


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= LARGEST_TIME


def _verifying(timestamp: str, signatures: Sequence[bytes], body: bytes, secrets: Sequence[str]) -> int:
    """The index of the secret that made one of the signatures; each comparison takes the same time."""
    for index, secret in enumerate(secrets):
        expected = signature(timestamp, body, secret).encode()
        matches = [hmac.compare_digest(expected, given) for given in signatures]
        if any(matches):
            return index
    raise InvalidSignature("None of the connection's signing secrets made this signature.")


def _check_age(timestamp: int, now: datetime) -> None:
    age = int(now.timestamp()) - timestamp
    if age > TOLERANCE:
        raise InvalidSignature(f"The signature is too old: made {age} s ago, {TOLERANCE} s are allowed.")
    if age < -TOLERANCE:
        raise InvalidSignature(f"The signature is from the future: by {-age} s. Check this server's clock.")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}.")


# Python's default accepts NaN and Infinity, which PostgreSQL refuses.
_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode


def _event(body: bytes) -> dict[str, Any]:
    try:
        event = _decode(body.decode())
    except (ValueError, RecursionError):
        raise Rejected("The body is not JSON.") from None
    if not isinstance(event, dict):
        raise Rejected("The body is not an event object.")
    if event.get("object") == "v2.core.event":
        raise Rejected(
            "The body is a thin event: register the endpoint for snapshot events (page “Event destinations”)."
        )
    missing = [name for name in ("id", "type", "created", "data") if not event.get(name)]
    if event.get("object") != "event" or missing:
        raise Rejected(
            "The body is not an event object" + (f": no {', '.join(missing)}." if missing else ".")
        )
    return event


def _envelope(event: Json, body: bytes, secret_index: int) -> Envelope:
    data, created = event["data"], event["created"]
    stripe_object = data.get("object") if isinstance(data, dict) else None
    if not isinstance(stripe_object, dict):
        raise Rejected("The event has no data.object.")
    if isinstance(created, bool) or not isinstance(created, int) or not 0 < created <= LARGEST_TIME:
        raise Rejected("The event's created is not a time in seconds.")
    return Envelope(
        event_id=str(event["id"]),
        type=str(event["type"]),
        object_id=str(stripe_object.get("id") or ""),
        created=datetime.fromtimestamp(created, UTC),
        api_version=str(event.get("api_version") or ""),
        livemode=bool(event.get("livemode")),
        payload=event,
        secret_index=secret_index,
        text="" if any(escape in body for escape in UNSTORABLE) else body.decode(),
    )
