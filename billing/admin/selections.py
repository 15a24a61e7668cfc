"""Actions on a selection of rows, contributed by whoever knows more about the rows than billing does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from billing.events import Kind


@dataclass(frozen=True)
class Selection:
    """``act``(request, kind, the chosen rows) says by messages what happened; ``offered``(request, kind)."""

    name: str
    label: str
    act: Callable[[HttpRequest, Kind, QuerySet[Any]], None]
    offered: Callable[[HttpRequest, Kind], bool]


_contributed: list[Selection] = []


def add(selection: Selection) -> None:
    """Offers the action in each noun's list from now on."""
    if selection not in _contributed:
        _contributed.append(selection)


def actions(request: HttpRequest, kind: Kind) -> dict[str, tuple[Callable[..., None], str, str]]:
    """Those that are offered, as Django's ``get_actions`` answers them."""
    return {
        one.name: (_carried_out(one, kind), one.name, one.label)
        for one in _contributed
        if one.offered(request, kind)
    }


def _carried_out(selection: Selection, kind: Kind) -> Callable[..., None]:
    def carry_out(_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> None:
        selection.act(request, kind, rows)

    return carry_out
