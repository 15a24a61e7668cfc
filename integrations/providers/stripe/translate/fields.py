"""Reads fields of Stripe's objects; a value of a wrong kind is Untranslatable, named with its field."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from billing import texts
from integrations.providers.stripe.translate.errors import Untranslatable

Json = Mapping[str, Any]
Meaning = TypeVar("Meaning")
# Decimal() takes more: digits of other scripts, "_" and white space.
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
# How much of a wrong value a message shows.
_SHOWN = 80
# Amounts, counts and exponents beyond this are no mistakes of a digit: no column holds them.
_BEYOND = 10**18


def id_of(reference: Any) -> str:
    """The id in a field with an id or the expanded object (page "Expanding responses"); "" when null."""
    if isinstance(reference, Mapping):
        reference = reference.get("id")
    if reference is None or isinstance(reference, str):
        return reference or ""
    raise Untranslatable(f"Where an id was expected, Stripe's object has {_shown(reference)}.")


def read_id(stripe_object: Json, name: str) -> str:
    """``id_of`` the field ``name``; a wrong value is named with it."""
    reference = stripe_object.get(name)
    found = reference.get("id") if isinstance(reference, Mapping) else reference
    if found is None or isinstance(found, str):
        return found or ""
    raise unreadable(stripe_object, name, "an id")


def read_member(
    stripe_object: Json, name: str, meanings: Mapping[str, Meaning], default: str = ""
) -> Meaning:
    """What one of Stripe's enums means here; ``default``: the member where it is null or missing, if any."""
    value = stripe_object.get(name)
    if value is None and default:
        value = default
    if not isinstance(value, str) or value not in meanings:
        raise unreadable(stripe_object, name, f"one of {', '.join(meanings)}")
    return meanings[value]


def read_whole(stripe_object: Json, name: str, default: int | None = None) -> int:
    """An integer; ``default`` where it is null or missing, which without one is Untranslatable."""
    value = stripe_object.get(name)
    if value is None and default is not None:
        return default
    if type(value) is not int or abs(value) > _BEYOND:
        raise unreadable(stripe_object, name, "a whole number that can be stored")
    return value


def read_decimal(stripe_object: Json, name: str) -> Decimal | None:
    """A number that Stripe sends as text, or an integer; None where it is null or missing."""
    value = stripe_object.get(name)
    if value is None:
        return None
    is_number = _NUMBER.fullmatch(value) if isinstance(value, str) else type(value) in (int, Decimal)
    try:
        number = Decimal(value) if is_number else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > _BEYOND:
        raise unreadable(stripe_object, name, "a number that can be stored")
    return number


def read_quantity(carrier: Json) -> Decimal:
    """How many units: ``quantity`` is ``quantity_decimal`` without its decimals; 1 where neither is there.

    Stripe changelog 2026-03-25, "Adds decimal quantities to invoices".
    """
    name = "quantity" if carrier.get("quantity_decimal") is None else "quantity_decimal"
    quantity = read_decimal(carrier, name)
    return Decimal(1) if quantity is None else quantity


def read_time(stripe_object: Json, name: str) -> datetime | None:
    """Stripe's seconds since 1970 as an aware time; None where they are null or missing."""
    value = stripe_object.get(name)
    if value is None:
        return None
    try:
        return datetime.fromtimestamp(read_whole(stripe_object, name), UTC)
    except (ValueError, OverflowError, OSError):
        raise unreadable(stripe_object, name, "a time that can be stored") from None


def read_instant(stripe_object: Json, name: str) -> datetime:
    """``read_time`` of a field that is never null."""
    time = read_time(stripe_object, name)
    if time is None:
        raise unreadable(stripe_object, name, "a time")
    return time


def seconds_of(time: datetime) -> int:
    """An aware time as Stripe's whole seconds."""
    return int(time.timestamp())


def text_of(stripe_object: Json, name: str) -> str:
    """A text, "" where it is null or missing, with U+FFFD for what PostgreSQL cannot store.

    For what is shown only: what may be sent back has to be read by ``text_that_fits``.
    """
    return texts.storable(_text(stripe_object, name))


def text_that_fits(stripe_object: Json, name: str, longest: int) -> str | None:
    """A text as it is, "" where it is null or missing; None where a column of that width cannot hold it."""
    value = _text(stripe_object, name)
    return value if len(value) <= longest and texts.is_whole(value) else None


def _text(stripe_object: Json, name: str) -> str:
    value = stripe_object.get(name)
    if value is not None and not isinstance(value, str):
        raise unreadable(stripe_object, name, "text")
    return value or ""


def read_object(stripe_object: Json, name: str) -> Json:
    """An object inside another, {} when the field is missing or null."""
    value = stripe_object.get(name)
    if value is not None and not isinstance(value, Mapping):
        raise unreadable(stripe_object, name, "an object")
    return value or {}


def read_objects(stripe_object: Json, name: str) -> list[Json]:
    """An array of objects, [] when the field is missing or null."""
    value = stripe_object.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise unreadable(stripe_object, name, "a list of objects")
    return value


def read_list(container: Json, name: str) -> list[Json]:
    """The objects of a list object, [] when the field is missing or null."""
    return read_objects(read_object(container, name), "data")


def unreadable(stripe_object: Json, name: str, expected: str) -> Untranslatable:
    """The failure over a field that holds something else than ``expected``."""
    whose = f"{stripe_object.get('object') or ''} {stripe_object.get('id') or ''}".strip() or "an object"
    found = _shown(stripe_object[name]) if name in stripe_object else "missing"
    return Untranslatable(f"{name} of {whose[:_SHOWN]} is {found}, not {expected}: FlexSync cannot use it.")


def _shown(value: Any) -> str:
    text = repr(value) if not isinstance(value, Mapping | list) else f"{type(value).__name__} {value!r}"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
