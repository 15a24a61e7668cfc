"""Report health, and reset the state."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..events import API_VERSION
from ..simulator import Simulator


async def health(request: Request) -> JSONResponse:
    """Return that the simulator is ready, and its API version."""
    return JSONResponse({"status": "ok", "api_version": API_VERSION})


async def reset(request: Request) -> JSONResponse:
    """Delete all state."""
    simulator: Simulator = request.app.state.simulator
    simulator.reset()
    return JSONResponse({"status": "empty"})
