"""What ``?expand=`` adds to responses: other apps register loaders, so that billing need not know them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rest_framework.request import Request

from billing.errors import Invalid
from billing.events import Kind

# loader(kind, ids) -> {id: list}: one call for a whole page; an id that it leaves out has none.
Loader = Callable[[Kind, Sequence[str]], Mapping[str, Any]]
_loaders: dict[str, Loader] = {}


def register(name: str, loader: Loader) -> None:
    """Makes ``?expand=<name>`` add ``name`` to each item, as loaded by ``loader``.

    [] for an id that it leaves out.
    """
    _loaders[name] = loader


def requested(request: Request) -> list[str]:
    """The names in ``?expand=a,b``; raises Invalid for a name that is not registered."""
    names = [name.strip() for name in request.query_params.get("expand", "").split(",") if name.strip()]
    for name in names:
        if name not in _loaders:
            known = ", ".join(sorted(_loaders)) or "nothing"
            raise Invalid.of({"expand": f"{name!r} cannot be expanded. Send one of: {known}."})
    return names


def expand(names: Sequence[str], kind: Kind, items: Sequence[dict[str, Any]]) -> None:
    """Adds the requested expansions to each item (it has an ``id``)."""
    ids = [item["id"] for item in items]
    for name in names if ids else ():
        loaded = _loaders[name](kind, ids)
        for item in items:
            item[name] = loaded.get(item["id"], [])
