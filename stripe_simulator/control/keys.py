"""Revoke keys, and restrict what they may do."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..requests.keys import masked
from ..requests.permissions import checked_permissions
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


async def restrict(request: Request) -> JSONResponse:
    """Give a restricted key exactly these permissions; without them it may do everything."""
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, "key", "permissions")
    key, given = body.get("key"), body.get("permissions")
    if not (isinstance(key, str) and key.startswith("rk_test_")):
        raise BadControl(
            'Only restricted keys have permissions: give {"key": "rk_test_...", "permissions": [...]}.'
        )
    if not isinstance(given, list):
        raise BadControl('Give the permissions as a list, such as ["customer_read", "invoice_write"].')
    simulator.keys.permissions[key] = checked_permissions([str(name) for name in given])
    return JSONResponse({"restricted": masked(key), "permissions": sorted(simulator.keys.permissions[key])})
