"""The clock: advanced."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..simulator import Simulator
from .body import BadControl, json_body


async def advance(request: Request) -> JSONResponse:
    """Skip seconds; what falls due on the way happens: renewals, trial ends, expiry."""
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, "seconds")
    seconds = float(body.get("seconds", 0))
    if seconds < 0:
        raise BadControl("Time does not run backwards.")
    simulator.advance(seconds)
    return JSONResponse({"now": simulator.clock.now()})
