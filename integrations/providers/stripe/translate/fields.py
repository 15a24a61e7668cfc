"""Reads fields that many of Stripe's objects share: references, times, optional texts."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]
# NUL and halves of surrogate pairs.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def id_of(reference: Any) -> str:
    """The id in a field with an id or the expanded object (page "Expanding responses"); "" when null."""
    if isinstance(reference, Mapping):
        return str(reference.get("id") or "")
    return str(reference or "")


def time_of(seconds: int | None) -> datetime | None:
    """Stripe's seconds since 1970 as an aware time."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def instant_of(seconds: int) -> datetime:
    """``time_of`` a field that is never null."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds_of(time: datetime) -> int:
    """An aware time as Stripe's whole seconds."""
    return int(time.timestamp())


def text_of(stripe_object: Json, name: str, longest: int) -> str:
    """A text that may be missing, null, longer than the column, or contain what PostgreSQL cannot store."""
    return _UNSTORABLE.sub("", str(stripe_object.get(name) or ""))[:longest]


def listed(container: Any) -> list[Json]:
    """The objects of a list object, [] when the field is missing or null."""
    return list((container or {}).get("data") or [])
