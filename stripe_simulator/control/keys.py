"""Revoke secret keys."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..requests.keys import masked
from ..simulator import Simulator
from .body import BadControl, json_body


async def revoke(request: Request) -> JSONResponse:
    """Revoke a key: requests with it get a 401 from now on."""
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, "key")
    if not isinstance(body.get("key"), str):
        raise BadControl('Give the key to revoke as {"key": "sk_test_..."}.')
    simulator.keys.revoked.add(body["key"])
    return JSONResponse({"revoked": masked(body["key"])})
