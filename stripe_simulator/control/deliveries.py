"""List webhook deliveries, retry them now, or inject faults into them."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..resources.webhook_endpoints import roll_secret
from ..simulator import Simulator
from ..webhooks.queue import DeliverySettings
from .body import BadControl, json_body

_KNOWN = tuple(DeliverySettings.__dataclass_fields__)


async def show(request: Request) -> JSONResponse:
    """Return every stored delivery, oldest first; `?state=pending` filters them."""
    queue = request.app.state.simulator.deliveries
    state = request.query_params.get("state")
    found = [asdict(delivery) for delivery in [*queue.settled, *queue.pending]]
    return JSONResponse(
        {"deliveries": [delivery for delivery in found if state in (None, delivery["state"])]}
    )


async def flush(request: Request) -> JSONResponse:
    """Attempt every pending delivery now, and return when the attempts are over."""
    attempted = await request.app.state.sender.flush()
    return JSONResponse(
        {"attempted": attempted, "pending": len(request.app.state.simulator.deliveries.pending)}
    )


async def roll_endpoint_secret(request: Request) -> JSONResponse:
    """Give an endpoint a new secret: `{"endpoint", "overlap"}`; both secrets sign for `overlap` seconds."""
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, "endpoint", "overlap")
    found = simulator.locate("webhook_endpoint", str(body.get("endpoint")))
    if found is None:
        raise BadControl(
            f"There is no webhook endpoint {body.get('endpoint')!r}. Give its id, such as we_..."
        )
    return JSONResponse({"secret": roll_secret(*found, int(body.get("overlap", 86400)))})


async def change_settings(request: Request) -> JSONResponse:
    """Change the faults of deliveries: extra copies, shuffle, delay (seconds), loss and the scale of retries.

    Loss is a number of deliveries; -1 loses all of them.
    """
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, *_KNOWN)
    for name, value in body.items():
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise BadControl(f"The value of {name} must be a number.")
        setattr(simulator.deliveries.settings, name, value)
    return JSONResponse(asdict(simulator.deliveries.settings))
