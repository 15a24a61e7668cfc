"""Actions on a selection of rows, contributed by other apps, which billing need not know."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from billing.events import Kind


@dataclass(frozen=True)
class Selection:
    """``act``(request, kind, the chosen rows) shows messages of what happened; ``offered``(request, kind)."""

    name: str
    label: str
    act: Callable[[HttpRequest, Kind, QuerySet[Any]], None]
    offered: Callable[[HttpRequest, Kind], bool]


_contributed: list[Selection] = []


def add(selection: Selection) -> None:
    """Offers the action in each list of rows from now on."""
    if selection not in _contributed:
        _contributed.append(selection)


def actions(request: HttpRequest, kind: Kind) -> dict[str, tuple[Callable[..., None], str, str]]:
    """The offered actions, as Django's ``get_actions`` returns them."""
    return {
        one.name: (_carried_out(one, kind), one.name, one.label)
        for one in _contributed
        if one.offered(request, kind)
    }


def _carried_out(selection: Selection, kind: Kind) -> Callable[..., None]:
    def carry_out(_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> None:
        selection.act(request, kind, rows)

    return carry_out
