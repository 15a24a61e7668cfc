"""The page on which a cardholder's bank asks them to authenticate."""

from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..operations import Call
from ..resources.checkout.payment import success_url
from ..resources.payment_methods.setup_authentication import fail_setup_authentication
from ..resources.payment_methods.setup_intents import confirm_setup
from ..resources.payments.confirmation import fail_authentication, pass_authentication
from ..resources.test_clocks import moment_for
from ..simulator import Simulator
from ..state.account import Account, Object
from .rendering import not_found, page

_SEE_OTHER = 303


async def show(request: Request) -> Response:
    """Show two buttons: pass or fail."""
    found = _intent(request)
    if found is None or found[1]["status"] != "requires_action":
        return not_found(request)
    return page(request, "challenge.html", intent=found[1])


async def submit(request: Request) -> Response:
    """Continue the payment as the cardholder chose."""
    found = _intent(request)
    if found is None or found[1]["status"] != "requires_action":
        return not_found(request)
    account, intent = found
    choice = dict(parse_qsl((await request.body()).decode())).get("choice")
    now = moment_for(Call(account, {}, (intent["id"],), request.url.path))
    with account.at(now), account.journal.atomic():
        settle(account, intent, passed=choice == "complete")
    return RedirectResponse(_next(account, intent), _SEE_OTHER)


def settle(account: Account, intent: Object, passed: bool) -> None:
    """Confirm the intent with authentication, or fail it."""
    if intent["object"] == "setup_intent":
        if passed:
            confirm_setup(account, intent, {}, authenticated=True)
        else:
            fail_setup_authentication(account, intent)
    elif passed:
        pass_authentication(account, intent)
    else:
        fail_authentication(account, intent)


def _intent(request: Request) -> tuple[Account, Object] | None:
    simulator: Simulator = request.app.state.simulator
    id = request.path_params["id"]
    return simulator.locate("payment_intent", id) or simulator.locate("setup_intent", id)


def _next(account: Account, intent: Object) -> str:
    session = account.find("checkout.session", intent.get("_session") or intent.get("_session_subscribed"))
    if session is not None:
        return success_url(session) if session["status"] == "complete" else f"/pay/{session['id']}"
    if intent.get("_default_of_invoice"):
        return f"/i/{intent['_default_of_invoice']}"
    query = {
        intent["object"]: intent["id"],
        f"{intent['object']}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
    }
    target = intent.get("_return_url")
    return f"{target}{'&' if '?' in target else '?'}{urlencode(query)}" if target else "/"
