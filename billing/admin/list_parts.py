"""What other apps add to a list of rows: what stands above it, and columns."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest

from billing.events import Kind

# (request, kind of its rows, Django's ChangeList) -> safe HTML, "" for none.
Above = Callable[[HttpRequest, Kind | None, Any], str]
Columns = Callable[[HttpRequest, Kind | None], Sequence[Any]]
_above: list[Above] = []
_columns: list[Columns] = []


def add_above(part: Above) -> None:
    """Shows it above each list from now on."""
    if part not in _above:
        _above.append(part)


def add_columns(part: Columns) -> None:
    """Shows the columns behind the first one of each list from now on."""
    if part not in _columns:
        _columns.append(part)


def above(request: HttpRequest, kind: Kind | None, changelist: Any) -> list[str]:
    """The HTML of what stands above the list."""
    return [html for part in _above if (html := part(request, kind, changelist))]


def columns(request: HttpRequest, kind: Kind | None) -> list[Any]:
    """The columns of other apps."""
    return [column for part in _columns for column in part(request, kind)]
