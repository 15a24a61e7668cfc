"""Checks of single values as they arrive in a form: all of them text, or dictionaries of text."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from ..errors import InvalidRequest
from ..forms import Appended

Check = Callable[[Any, str], Any]
_INTEGER = re.compile(r"^[+-]?[0-9]+$")
_MOST_DIGITS = 18


def text(raw: Any, at: str) -> str | None:
    """Return the text; an empty one unsets the value, as everywhere in Stripe's API."""
    if not isinstance(raw, str):
        raise InvalidRequest("Invalid string", param=at)
    return raw or None


def integer(raw: Any, at: str) -> int:
    """Return a whole number, such as an amount in minor units."""
    _refuse_empty(raw, at)
    if not isinstance(raw, str) or not _INTEGER.match(raw) or len(raw) > _MOST_DIGITS:
        raise InvalidRequest(f"Invalid integer: {raw}", code="parameter_invalid_integer", param=at)
    return int(raw)


def boolean(raw: Any, at: str) -> bool:
    """Return a boolean, sent as `true` or `false`."""
    _refuse_empty(raw, at)
    if raw not in ("true", "false"):
        raise InvalidRequest(f"Invalid boolean: {raw}", param=at)
    return bool(raw == "true")


def decimal(raw: Any, at: str) -> Decimal:
    """Return an exact decimal number, sent as text."""
    _refuse_empty(raw, at)
    try:
        value = Decimal(raw)
    except (InvalidOperation, TypeError, ValueError):
        raise InvalidRequest(f"Invalid decimal: {raw}", param=at) from None
    if not value.is_finite():
        raise InvalidRequest(f"Invalid decimal: {raw}", param=at)
    return value


def number(raw: Any, at: str) -> float:
    """Return a decimal number that Stripe stores as a float (percentages)."""
    return float(decimal(raw, at))


def anything(raw: Any, at: str) -> Any:
    """Return a value for which the SDK declares no type."""
    return raw


SCALARS: dict[Any, Check] = {
    str: text,
    int: integer,
    bool: boolean,
    float: number,
    Decimal: decimal,
    Any: anything,
}


def choice(options: tuple[Any, ...]) -> Check:
    """Return a check for one of a closed list of texts."""

    def check(raw: Any, at: str) -> str:
        if isinstance(raw, str) and raw in options:
            return raw
        _refuse_empty(raw, at)
        shown = ", ".join(str(option) for option in options[:-1])
        listed = f"one of {shown}, or {options[-1]}" if len(options) > 1 else str(options[0])
        raise InvalidRequest(f"Invalid {at}: must be {listed}", param=at)

    return check


def listing(item: Check) -> Check:
    """Return a check for a list, which arrives keyed by index."""

    def check(raw: Any, at: str) -> list[Any]:
        if not isinstance(raw, dict) or not all(key.isdigit() for key in raw):
            raise InvalidRequest("Invalid array", param=at)
        return [item(raw[key], f"{at}[{key}]") for key in sorted(raw, key=int)]

    return check


def dictionary(item: Check) -> Check:
    """Return a check for a dictionary with free names.

    Empty values are kept, because they unset metadata.
    """

    def check(raw: Any, at: str) -> dict[str, Any]:
        if not isinstance(raw, dict) or any(isinstance(key, Appended) for key in raw):
            raise InvalidRequest("Invalid hash", param=at)
        return {key: "" if value == "" else item(value, f"{at}[{key}]") for key, value in raw.items()}

    return check


def _refuse_empty(raw: Any, at: str) -> None:
    if raw == "":
        raise InvalidRequest(
            f"You passed an empty string for '{at}'. We assume empty values are an attempt to unset a parameter;"
            f" however '{at}' cannot be unset. You should remove '{at}' from your request or supply a non-empty"
            " value.",
            code="parameter_invalid_empty",
            param=at,
        )
