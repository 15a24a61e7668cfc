"""Actions on a selection of rows, contributed by other apps, which billing need not know."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from billing.admin import selection_page
from billing.events import Kind


@dataclass(frozen=True)
class Selection:
    """``act``(request, kind, the chosen rows) shows messages of what happened; ``offered``(request, kind).

    ``question``(kind, the chosen rows): what it would do, asked first on a page of its own.
    """

    name: str
    label: str
    act: Callable[[HttpRequest, Kind, QuerySet[Any]], None]
    question: Callable[[Kind, QuerySet[Any]], str]
    offered: Callable[[HttpRequest, Kind], bool]


_contributed: list[Selection] = []


def add(selection: Selection) -> None:
    """Offers the action in each list of rows from now on."""
    if selection not in _contributed:
        _contributed.append(selection)


def actions(
    request: HttpRequest, kind: Kind
) -> dict[str, tuple[Callable[..., HttpResponse | None], str, str]]:
    """The offered actions, as Django's ``get_actions`` returns them; a list asks for them twice."""
    known: dict[Kind, list[Selection]] = request.__dict__.setdefault("_selections", {})
    if kind not in known:
        known[kind] = [one for one in _contributed if one.offered(request, kind)]
    return {one.name: (_carried_out(one, kind), one.name, one.label) for one in known[kind]}


def _carried_out(selection: Selection, kind: Kind) -> Callable[..., HttpResponse | None]:
    def carry_out(admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        if not selection_page.is_confirmed(request):
            return selection_page.asked(admin, request, rows, selection.label, selection.question(kind, rows))
        selection.act(request, kind, rows)
        return None

    return carry_out
