"""Show and change what differs between accounts of Stripe."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..contract.versions import known_versions
from ..simulator import Simulator
from ..state.behavior import Behavior
from .body import BadControl, json_body


async def show(request: Request) -> JSONResponse:
    """Return the value of every setting."""
    simulator: Simulator = request.app.state.simulator
    return JSONResponse(asdict(simulator.behavior))


async def change(request: Request) -> JSONResponse:
    """Change the settings that are given, for all accounts, until the next reset."""
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, *Behavior.__dataclass_fields__)
    version = body.get("default_api_version", "")
    if version != "" and version not in known_versions():
        raise BadControl(f"Unknown API version {version!r}; give one that a webhook endpoint can have.")
    simulator.behavior.change(body)
    return JSONResponse(asdict(simulator.behavior))
