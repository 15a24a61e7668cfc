"""The receipt of a charge."""

from starlette.requests import Request
from starlette.responses import Response

from ..amounts.money import shown
from ..simulator import Simulator
from .rendering import not_found, page


async def show(request: Request) -> Response:
    """Show what was paid."""
    simulator: Simulator = request.app.state.simulator
    found = simulator.locate("charge", request.path_params["id"])
    if found is None:
        return not_found(request)
    charge = found[1]
    kind = charge["payment_method_details"]["type"]
    method = charge["payment_method_details"][kind]
    name = method.get("brand") or method["bank_name"]
    paid = shown(charge["amount"], charge["currency"])
    message = f"{paid} by {name} ending in {method['last4']}: {charge['status']}."
    return page(request, "message.html", title="Receipt", message=message)
