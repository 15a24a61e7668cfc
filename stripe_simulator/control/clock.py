"""Advance the clock."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..simulator import Simulator
from .body import BadControl, json_body


async def advance(request: Request) -> JSONResponse:
    """Advance the clock by seconds; what falls due on the way happens: renewals, trial ends, expiry."""
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, "seconds")
    seconds = float(body.get("seconds", 0))
    if seconds < 0:
        raise BadControl("The clock cannot go back: give a positive number of `seconds`.")
    simulator.advance(seconds)
    return JSONResponse({"now": simulator.clock.now()})
