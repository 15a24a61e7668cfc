"""Every address and method, as the URL resolver knows them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

NAMED = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
# HEAD follows from GET, and OPTIONS is refused.
METHODS = ("get", "post", "put", "patch", "delete")
CATCH_ALL = "/v1/{rest}"


@dataclass(frozen=True)
class Route:
    """One address: ``path`` has ``{name}`` for each of its parts that vary."""

    path: str
    callback: Any

    @property
    def names(self) -> tuple[str, ...]:
        """The parts of the path that vary."""
        return tuple(re.findall(r"{(\w+)}", self.path))


@dataclass(frozen=True)
class Endpoint:
    """One method of an address of the API, with the action and the body's serializer, None without a body."""

    method: str
    path: str
    view: Any
    action: str
    parser: Any

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def parameters(self) -> list[str]:
        """The names of the query parameters that it knows."""
        view = self.view()
        view.action = self.action
        return sorted(view.known_parameters())

    @property
    def noun(self) -> str:
        """``customers``."""
        return self.path.split("/")[2]


def routes() -> Iterator[Route]:
    """Every address, in the order in which it is looked for."""
    yield from _walk(get_resolver(), "/")


def endpoints() -> list[Endpoint]:
    """Every method of every address of the API that takes a key, by the actions of its view."""
    return [endpoint for route in routes() if _takes_a_key(route) for endpoint in _methods(route)]


def template(route: str) -> str:
    """The route as OpenAPI writes it: /v1/customers/{id}."""
    plain = re.sub(r"(?<=/)\^|\$$", "", route)
    return NAMED.sub(lambda found: f"{{{found[1] or found[2]}}}", plain)


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Route(template(path), pattern.callback)
        else:
            yield from _walk(pattern, path)


def _takes_a_key(route: Route) -> bool:
    view = getattr(route.callback, "cls", None)
    return view is not None and bool(view.permission_classes)


def _methods(route: Route) -> Iterator[Endpoint]:
    view = route.callback.cls
    actions = getattr(route.callback, "actions", None)
    if actions is None:
        actions = {name: "" for name in METHODS if hasattr(view, name)}
    for method in METHODS:
        if method in actions:
            action = actions[method]
            parser = getattr(view, "inputs", {}).get(action) if method != "get" else None
            yield Endpoint(method, route.path, view, action, parser)
