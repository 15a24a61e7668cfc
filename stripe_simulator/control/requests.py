"""The log of API requests."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..simulator import Simulator


async def show(request: Request) -> JSONResponse:
    """The log, oldest first; `?operation=`, `?account=` and `?method=` pick some."""
    simulator: Simulator = request.app.state.simulator
    wanted = {
        name: request.query_params[name]
        for name in ("operation", "account", "method")
        if name in request.query_params
    }
    found = [one for one in simulator.requests if all(getattr(one, name) == wanted[name] for name in wanted)]
    return JSONResponse({"requests": [asdict(one) for one in found]})
