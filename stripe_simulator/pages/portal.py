"""The customer portal: invoices to look at, subscriptions to end or keep."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..account import Account, Object
from ..operations import Call
from ..resources.subscription_changes import update
from ..simulator import Simulator
from .rendering import not_found, page

_SEE_OTHER = 303


async def show(request: Request) -> Response:
    """What the customer has."""
    found = _session(request)
    if found is None:
        return not_found(request)
    account, session = found
    owned = {
        kind: [account.render(one) for one in account.all(kind) if one["customer"] == session["customer"]]
        for kind in ("subscription", "invoice")
    }
    customer = account.objects[session["customer"]]
    return page(
        request,
        "portal.html",
        session=session,
        customer=customer,
        subscriptions=[one for one in owned["subscription"] if one["status"] != "canceled"],
        invoices=[one for one in owned["invoice"] if one["status"] != "draft"],
    )


async def submit(request: Request) -> Response:
    """End a subscription with its period, or keep it after all."""
    found = _session(request)
    if found is None:
        return not_found(request)
    account, session = found
    form = dict(parse_qsl((await request.body()).decode()))
    subscription = account.find("subscription", form.get("subscription"))
    if subscription is None or subscription["customer"] != session["customer"]:
        return not_found(request)
    change = {"cancel_at_period_end": form.get("choice") == "cancel"}
    update(Call(account, change, (subscription["id"],), request.url.path))
    return RedirectResponse(f"/portal/{session['id']}", _SEE_OTHER)


def _session(request: Request) -> tuple[Account, Object] | None:
    simulator: Simulator = request.app.state.simulator
    return simulator.locate("billing_portal.session", request.path_params["id"])
