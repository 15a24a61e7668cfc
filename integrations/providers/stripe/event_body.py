"""Reads an event from a webhook's body, as far as it takes to store it, or says why it cannot be stored."""

import json
import math
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from billing import texts
from integrations.errors import Rejected
from integrations.provider_api import Envelope
from integrations.providers.stripe.names import LONGEST_ID

LARGEST_TIME = 253402300799  # The end of the year 9999, the latest datetime.
# JSON with these may contain what PostgreSQL refuses: a NUL, half of a surrogate pair.
UNSTORABLE = (b"\\u0000", b"\\ud", b"\\uD")
# Objects within objects. Stripe's are at most a dozen deep; whoever reads them later has less room than this
# process has now.
DEEPEST = 100
# Characters of a number.
LONGEST_NUMBER = 400


def envelope(body: bytes, secret_index: int) -> Envelope:
    """The event in ``body``; raises Rejected for what is no event, or cannot be kept."""
    event = _event(body)
    return Envelope(
        event_id=_column(event["id"]),
        type=texts.storable(event["type"]),
        object_id=texts.storable(_object_id(event["data"])),
        created=_created(event["created"]),
        api_version=texts.storable(str(event.get("api_version") or "")),
        livemode=event.get("livemode") is True,
        payload=event,
        secret_index=secret_index,
        text="" if any(escape in body for escape in UNSTORABLE) else body.decode(),
    )


def _refuse_constant(_name: str) -> None:
    raise Rejected("The body is not JSON.")


def _fraction(text: str) -> float:
    """A number that is not whole, or has an exponent: what PostgreSQL stores of it can be read again."""
    number = float(text)
    is_lost = number == 0 and any(digit in text.lower().partition("e")[0] for digit in "123456789")
    if len(text) > LONGEST_NUMBER or math.isinf(number) or is_lost:
        raise Rejected(f"The body has a number beyond all range: {text[:40]}.")
    return number


# Python's default accepts NaN and Infinity, which PostgreSQL refuses, and 1e999, which is read as the latter.
_decode = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_fraction).decode


def _event(body: bytes) -> dict[str, Any]:
    """The event; its id and type are texts, its data holds an object."""
    event = _json(body)
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
    if not isinstance(event["id"], str) or not isinstance(event["type"], str):
        raise Rejected("The event's id and type must be texts.")
    return event


def _json(body: bytes) -> Any:
    try:
        found = _decode(body.decode())
    except RecursionError:
        raise Rejected("The body is nested too deeply.") from None
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise Rejected("The body is not JSON.") from None
    except ValueError:
        raise Rejected("The body has a number beyond all range.") from None
    # Counting is quick, and nearly all events pass by it.
    if body.count(b"{") + body.count(b"[") > DEEPEST and _is_deep(found):
        raise Rejected(f"The body is nested too deeply: {DEEPEST} levels are the most.")
    return found


def _is_deep(found: Any) -> bool:
    level = [found]
    for _ in range(DEEPEST):
        level = [
            value
            for container in level
            for value in (container.values() if isinstance(container, dict) else container)
            if isinstance(value, dict | list)
        ]
    return bool(level)


def _object_id(data: Any) -> str:
    """The id of the object that the event is about, "" when it has none that is a text."""
    stripe_object = data.get("object") if isinstance(data, dict) else None
    if not isinstance(stripe_object, dict):
        raise Rejected("The event has no data.object.")
    found = stripe_object.get("id")
    return found if isinstance(found, str) else ""


def _created(created: Any) -> datetime:
    if isinstance(created, bool) or not isinstance(created, int) or not 0 < created <= LARGEST_TIME:
        raise Rejected("The event's created is not a time in seconds.")
    return datetime.fromtimestamp(created, UTC)


def _column(event_id: str) -> str:
    """The event's id; one that is too long ends in its digest instead: no two become one."""
    stored = texts.storable(event_id)
    if stored == event_id and len(event_id) <= LONGEST_ID:
        return event_id
    digest = sha256(event_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{stored[: LONGEST_ID - len(digest) - 1]}-{digest}"
