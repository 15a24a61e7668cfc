"""The hosted checkout page."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..account import Account, Object
from ..errors import CardError
from ..resources.checkout_payment import pay, success_url
from ..resources.checkout_sessions import expire_session
from ..simulator import Simulator
from .card_form import CardForm, submitted
from .rendering import not_found, page

_SEE_OTHER = 303


async def show(request: Request) -> Response:
    """The form, or what has become of the session."""
    found = _session(request)
    if found is None:
        return not_found(request)
    account, session = found
    form = CardForm(email=session["customer_email"] or "")
    return _page(request, account, session, form)


async def submit(request: Request) -> Response:
    """Pay: on to success, to a challenge, or back to the form with what went wrong."""
    found = _session(request)
    if found is None:
        return not_found(request)
    account, session = found
    form = await submitted(request)
    payer = form.payer()
    if session["status"] != "open" or payer is None:
        return _page(request, account, session, form, 400)
    try:
        intent = pay(account, session, payer)
    except CardError as error:
        form.errors["number"] = error.message
        return _page(request, account, session, form, 402)
    if intent["status"] == "requires_action":
        return RedirectResponse(f"/3d_secure/{intent['id']}", _SEE_OTHER)
    return RedirectResponse(success_url(session), _SEE_OTHER)


def _session(request: Request) -> tuple[Account, Object] | None:
    simulator: Simulator = request.app.state.simulator
    found = simulator.locate("checkout.session", request.path_params["id"])
    if found is not None and found[1]["status"] == "open" and found[1]["expires_at"] <= simulator.clock.now():
        expire_session(*found)
    return found


def _page(request: Request, account: Account, session: Object, form: CardForm, status: int = 200) -> Response:
    if session["status"] != "open":
        done = (
            "This session has been paid." if session["status"] == "complete" else "This session has expired."
        )
        return page(request, "message.html", status, title="Checkout", message=done)
    items = [account.objects[id] for id in session["_items"]]
    return page(request, "checkout.html", status, account=account, session=session, items=items, form=form)
