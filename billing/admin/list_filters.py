"""Filters of lists of rows, contributed by other apps, which billing need not know."""

from collections.abc import Sequence
from typing import Any

_contributed: list[Any] = []


def add(list_filter: Any) -> None:
    """Has each list of rows offer the filter from now on."""
    if list_filter not in _contributed:
        _contributed.append(list_filter)


def contributed() -> Sequence[Any]:
    """The filters that other apps have contributed."""
    return _contributed
