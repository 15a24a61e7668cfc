"""Add, list and remove faults."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..operations import OPERATIONS
from ..requests.faults import EFFECTS, Fault
from ..simulator import Simulator
from .body import BadControl, json_body


async def add(request: Request) -> JSONResponse:
    """Add one rule: `{"operation", "effect", "nth", "times", "seconds", "account", "chance"}`."""
    simulator: Simulator = request.app.state.simulator
    body = await json_body(request, "operation", "effect", "nth", "times", "seconds", "account", "chance")
    operation = body.get("operation", "*")
    if operation != "*" and operation not in OPERATIONS:
        raise BadControl(
            f"There is no operation {operation!r}. Give one such as invoices.add_lines, or * for any."
        )
    if body.get("effect") not in EFFECTS:
        raise BadControl(f"There is no effect {body.get('effect')!r}. Give one of {', '.join(EFFECTS)}.")
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
    """Return the active rules, and how often each has applied."""
    simulator: Simulator = request.app.state.simulator
    return JSONResponse({"faults": [asdict(fault) for fault in simulator.faults.rules]})


async def clear(request: Request) -> JSONResponse:
    """Remove all rules."""
    simulator: Simulator = request.app.state.simulator
    simulator.faults.clear()
    return JSONResponse({"faults": []})
