"""Deliveries of webhooks: listed, retried now, and disturbed."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..resources.webhook_endpoints import roll_secret
from ..simulator import Simulator
from ..webhooks.queue import DeliverySettings
from .body import BadControl, json_body

_KNOWN = tuple(DeliverySettings.__dataclass_fields__)


async def show(request: Request) -> JSONResponse:
    """Every delivery that is kept, oldest first; `?state=pending` picks some."""
    queue = request.app.state.simulator.deliveries
    state = request.query_params.get("state")
    found = [asdict(delivery) for delivery in [*queue.settled, *queue.pending]]
    return JSONResponse({"deliveries": [one for one in found if state in (None, one["state"])]})


async def flush(request: Request) -> JSONResponse:
    """Try everything that waits, now; answers when the attempts are over."""
    attempted = await request.app.state.sender.flush()
    return JSONResponse(
        {"attempted": attempted, "pending": len(request.app.state.simulator.deliveries.pending)}
    )


async def roll_endpoint_secret(request: Request) -> JSONResponse:
    """Give an endpoint a new secret: `{"endpoint", "overlap"}`, in seconds during which both are used."""
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, "endpoint", "overlap")
    found = simulator.locate("webhook_endpoint", str(body.get("endpoint")))
    if found is None:
        raise BadControl(f"No such endpoint: {body.get('endpoint')}")
    return JSONResponse({"secret": roll_secret(*found, int(body.get("overlap", 86400)))})


async def change_settings(request: Request) -> JSONResponse:
    """Extra copies, shuffle, delay (seconds), loss (how many; -1 for all), and the scale of retries."""
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, *_KNOWN)
    for name, value in body.items():
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise BadControl(f"{name} should be a number.")
        setattr(simulator.deliveries.settings, name, value)
    return JSONResponse(asdict(simulator.deliveries.settings))
