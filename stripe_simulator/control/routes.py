"""The routes of the control API."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import clock, deliveries, faults, keys, limits, objects, requests, settings, state
from .body import BadControl, refuse

Endpoint = Callable[[Request], Awaitable[Response]]


def _route(method: str, path: str, endpoint: Endpoint) -> Route:
    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (BadControl, ValueError, TypeError) as error:
            return await refuse(request, error)

    return Route(f"/_simulator/{path}", guarded, methods=[method])


CONTROL_ROUTES = [
    _route("GET", "health", state.health),
    _route("GET", "requests", requests.show),
    _route("POST", "keys/revoke", keys.revoke),
    _route("POST", "keys/restrict", keys.restrict),
    _route("POST", "clock/advance", clock.advance),
    _route("POST", "limits", limits.change),
    _route("GET", "settings", settings.show),
    _route("POST", "settings", settings.change),
    _route("POST", "objects/forget", objects.forget),
    _route("POST", "reset", state.reset),
    _route("GET", "faults", faults.show),
    _route("POST", "faults", faults.add),
    _route("DELETE", "faults", faults.clear),
    _route("GET", "deliveries", deliveries.show),
    _route("POST", "webhook_endpoints/roll", deliveries.roll_endpoint_secret),
    _route("POST", "deliveries/flush", deliveries.flush),
    _route("POST", "deliveries/settings", deliveries.change_settings),
]
