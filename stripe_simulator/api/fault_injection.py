"""Faults injected into a request: before its effect, or instead of its response."""

import asyncio

from starlette.requests import Request

from ..errors import RateLimited, ServerError
from ..requests.faults import Fault

_NEVER_SECONDS = 300.0


class ConnectionCut(Exception):
    """The connection is closed; no response can be sent."""


async def inject_before(fault: Fault, request: Request) -> None:
    """Inject the faults that keep a request from being carried out.

    500_before comes later, because its response is stored under the idempotency key.
    """
    if fault.effect == "429":
        raise RateLimited(
            "Too many requests hit the API too quickly (a fault on demand).", retry_after=int(fault.seconds)
        )
    if fault.effect == "reset_before":
        _cut(request)
    if fault.effect == "timeout_before":
        await _silence(request)


async def inject_after(fault: Fault, request: Request) -> None:
    """Inject the faults that follow the effect and leave the caller without a response."""
    if fault.effect == "reset_after":
        _cut(request)
    if fault.effect == "timeout":
        await _silence(request)


def failed() -> ServerError:
    """Return the error of the faults 500_before and 500_after."""
    return ServerError("An unknown error occurred (a fault on demand).")


def _cut(request: Request) -> None:
    transport = request.scope.get("transport")
    if transport is not None:
        transport.abort()
    raise ConnectionCut


async def _silence(request: Request) -> None:
    for _ in range(int(_NEVER_SECONDS * 10)):
        if await request.is_disconnected():
            break
        await asyncio.sleep(0.1)
    _cut(request)
