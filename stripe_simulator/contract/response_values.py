"""Checks of single JSON values in a response."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

Check = Callable[[Any, str], None]


class ContractError(Exception):
    """The simulator is about to return something that Stripe, by the SDK's types, never would."""


def _text(value: Any, at: str) -> None:
    if not isinstance(value, str):
        raise ContractError(f"{at} should be text, is {value!r}")


def _integer(value: Any, at: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ContractError(f"{at} should be an integer, is {value!r}")


def _number(value: Any, at: str) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ContractError(f"{at} should be a number, is {value!r}")


def _boolean(value: Any, at: str) -> None:
    if not isinstance(value, bool):
        raise ContractError(f"{at} should be true or false, is {value!r}")


def _decimal(value: Any, at: str) -> None:
    _text(value, at)
    try:
        Decimal(value)
    except InvalidOperation:
        raise ContractError(f"{at} should be a decimal number as text, is {value!r}") from None


def _anything(value: Any, at: str) -> None:
    return


SCALARS: dict[Any, Check] = {
    str: _text,
    int: _integer,
    float: _number,
    bool: _boolean,
    Decimal: _decimal,
    Any: _anything,
}


def choice(options: tuple[Any, ...]) -> Check:
    """Return a check for one of a closed list."""
    allowed = frozenset(options)

    def check(value: Any, at: str) -> None:
        if value not in allowed:
            raise ContractError(f"{at} should be one of {sorted(map(str, allowed))}, is {value!r}")

    return check


def listing(item: Check) -> Check:
    """Return a check for a list of values of one type."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, list):
            raise ContractError(f"{at} should be a list, is {value!r}")
        for index, inner in enumerate(value):
            item(inner, f"{at}[{index}]")

    return check


def dictionary(item: Check) -> Check:
    """Return a check for an object with free names, such as metadata."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, dict):
            raise ContractError(f"{at} should be an object, is {value!r}")
        for name, inner in value.items():
            item(inner, f"{at}.{name}")

    return check
