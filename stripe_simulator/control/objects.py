"""Let an object vanish."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..simulator import Simulator
from .body import BadControl, json_body


async def forget(request: Request) -> JSONResponse:
    """Remove an object without an event, as Stripe does with all test data when a person deletes it."""
    simulator: Simulator = request.app.state.simulator
    id = (await json_body(request, "id")).get("id")
    for account in simulator.accounts.values():
        if id in account.objects:
            account.remove(account.objects[id])
            return JSONResponse({"forgotten": id})
    raise BadControl(f'There is no object {id!r}: give {{"id": "price_..."}}.')
