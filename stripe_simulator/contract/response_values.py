"""Checks of single JSON values in a response."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

Check = Callable[[Any], None]


class ContractError(Exception):
    """The simulator is about to return something that Stripe, by the SDK's types, never would."""

    def inside(self, container: str) -> "ContractError":
        """Return the error with one step more of its path, which is written only where a check fails."""
        return ContractError(f"{container}{self}")


def _text(value: Any) -> None:
    if not isinstance(value, str):
        raise ContractError(f" should be text, is {value!r}")


def _integer(value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ContractError(f" should be an integer, is {value!r}")


def _number(value: Any) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ContractError(f" should be a number, is {value!r}")


def _boolean(value: Any) -> None:
    if not isinstance(value, bool):
        raise ContractError(f" should be true or false, is {value!r}")


def _decimal(value: Any) -> None:
    _text(value)
    try:
        Decimal(value)
    except InvalidOperation:
        raise ContractError(f" should be a decimal number as text, is {value!r}") from None


def _anything(value: Any) -> None:
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

    def check(value: Any) -> None:
        if value not in allowed:
            raise ContractError(f" should be one of {sorted(map(str, allowed))}, is {value!r}")

    return check


def listing(item: Check) -> Check:
    """Return a check for a list of values of one type."""

    def check(value: Any) -> None:
        if not isinstance(value, list):
            raise ContractError(f" should be a list, is {value!r}")
        for index, inner in enumerate(value):
            try:
                item(inner)
            except ContractError as error:
                raise error.inside(f"[{index}]") from None

    return check


def dictionary(item: Check) -> Check:
    """Return a check for an object with free names, such as metadata."""

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            raise ContractError(f" should be an object, is {value!r}")
        for name, inner in value.items():
            try:
                item(inner)
            except ContractError as error:
                raise error.inside(f".{name}") from None

    return check
