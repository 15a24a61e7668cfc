"""Health, and starting over."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..events import API_VERSION
from ..simulator import Simulator


async def health(request: Request) -> JSONResponse:
    """Ready."""
    return JSONResponse({"status": "ok", "api_version": API_VERSION})


async def reset(request: Request) -> JSONResponse:
    """Forget everything."""
    simulator: Simulator = request.app.state.simulator
    simulator.reset()
    return JSONResponse({"status": "empty"})
