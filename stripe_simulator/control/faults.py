"""Faults: added, listed and lifted."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..operations import OPERATIONS
from ..requests.faults import EFFECTS, Fault
from ..simulator import Simulator
from .body import BadControl, json_body


async def add(request: Request) -> JSONResponse:
    """Put one rule in force: `{"operation", "effect", "nth", "times", "seconds", "account", "chance"}`."""
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, "operation", "effect", "nth", "times", "seconds", "account", "chance")
    operation = body.get("operation", "*")
    if operation != "*" and operation not in OPERATIONS:
        raise BadControl(f"No operation {operation!r}; such as invoices.add_lines, or * for any.")
    if body.get("effect") not in EFFECTS:
        raise BadControl(f"No effect {body.get('effect')!r}; one of {', '.join(EFFECTS)}.")
    fault = Fault(
        id=0,
        operation=operation,
        effect=body["effect"],
        nth=int(body.get("nth", 1)),
        times=int(body.get("times", 1)),
        seconds=float(body.get("seconds", 1.0)),
        account=body.get("account"),
        chance=float(body.get("chance", 1.0)),
    )
    return JSONResponse(asdict(simulator.faults.add(fault)), 201)


async def show(request: Request) -> JSONResponse:
    """The rules in force, and how often each has struck."""
    simulator: Simulator = request.app.state.simulator
    return JSONResponse({"faults": [asdict(fault) for fault in simulator.faults.rules]})


async def clear(request: Request) -> JSONResponse:
    """Lift all rules."""
    simulator: Simulator = request.app.state.simulator
    simulator.faults.clear()
    return JSONResponse({"faults": []})
