"""The log of API requests."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..simulator import Simulator


async def show(request: Request) -> JSONResponse:
    """Return the log, oldest first; `?operation=`, `?account=` and `?method=` filter it."""
    simulator: Simulator = request.app.state.simulator
    filters = {
        name: request.query_params[name]
        for name in ("operation", "account", "method")
        if name in request.query_params
    }
    found = [
        record
        for record in simulator.requests
        if all(getattr(record, name) == filters[name] for name in filters)
    ]
    return JSONResponse({"requests": [asdict(record) for record in found]})
