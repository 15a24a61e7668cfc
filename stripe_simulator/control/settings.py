"""Show and change what differs between accounts of Stripe."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..simulator import Simulator
from ..state.behavior import Behavior
from .body import json_body


async def show(request: Request) -> JSONResponse:
    """Return the value of every setting."""
    simulator: Simulator = request.app.state.simulator
    return JSONResponse(asdict(simulator.behavior))


async def change(request: Request) -> JSONResponse:
    """Change the settings that are given, for all accounts, until the next reset."""
    simulator: Simulator = request.app.state.simulator
    simulator.behavior.change(await json_body(request, *Behavior.__dataclass_fields__))
    return JSONResponse(asdict(simulator.behavior))
