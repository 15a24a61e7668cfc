"""The hosted checkout page."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..errors import StripeError
from ..operations import Call
from ..resources.checkout.payment import needs_card, pay, success_url
from ..resources.checkout.sessions import expire_session
from ..resources.checkout.totals import apply_discount, recompute
from ..resources.test_clocks import moment_for
from ..simulator import Simulator
from ..state.account import Account, Object
from .card_form import CardForm, submitted_form
from .checkout_form import code_named, payer_of, requires_address
from .rendering import not_found, page

_SEE_OTHER = 303


async def show(request: Request) -> Response:
    """Return the form, or the state of a session that has ended."""
    found = _session(request)
    if found is None:
        return not_found(request)
    account, session = found
    customer = account.find("customer", session["customer"]) or {}
    details = session.get("_details", {})
    form = CardForm(email=details.get("email") or session["customer_email"] or customer.get("email") or "")
    error = _last_error(account, session)
    if error:
        form.errors["number"] = error
    return _page(request, account, session, form)


def _last_error(account: Account, session: Object) -> str | None:
    """Return why the last attempt failed, for a browser that comes back from a failed challenge."""
    intent = account.find("payment_intent", session.get("_last_intent")) or account.find(
        "setup_intent", session.get("_last_intent")
    )
    error = intent and (intent.get("last_payment_error") or intent.get("last_setup_error"))
    return str(error["message"]) if error else None


async def submit(request: Request) -> Response:
    """Pay, then redirect to success or to a challenge, or show the form with its errors."""
    found = _session(request)
    if found is None:
        return not_found(request)
    account, session = found
    form = await submitted_form(request)
    if session["status"] != "open":
        return _page(request, account, session, form, 400)
    if "promotion" in form.values:
        return _apply_code(request, account, session, form)
    payer = payer_of(session, form)
    if payer is None:
        return _page(request, account, session, form, 400)
    try:
        now = moment_for(Call(account, {}, (session["id"],), request.url.path))
        with account.at(now), account.journal.atomic():
            intent = pay(account, session, payer)
    except StripeError as error:
        form.errors["number"] = error.message
        return _page(request, account, session, form, error.status)
    if intent is not None and intent["status"] == "requires_action":
        session["_last_intent"] = intent["id"]
        return RedirectResponse(f"/3d_secure/{intent['id']}", _SEE_OTHER)
    return RedirectResponse(success_url(session) or request.url.path, _SEE_OTHER)


def _apply_code(request: Request, account: Account, session: Object, form: CardForm) -> Response:
    """Apply a promotion code, or remove it when the field is empty."""
    code = form.values.get("code", "").strip()
    try:
        given = {"promotion_code": code_named(account, code)} if code else None
        if session["allow_promotion_codes"]:
            with account.journal.atomic():
                apply_discount(account, session, given, "discounts[0]")
                recompute(account, session)
    except StripeError as error:
        form.errors["code"] = error.message
    return _page(request, account, session, form, 400 if form.errors else 200)


def _session(request: Request) -> tuple[Account, Object] | None:
    simulator: Simulator = request.app.state.simulator
    found = simulator.locate("checkout.session", request.path_params["id"])
    if found is not None:
        account, session = found
        now = moment_for(Call(account, {}, (session["id"],), request.url.path)) or simulator.clock.now()
        if session["status"] == "open" and session["expires_at"] <= now:
            expire_session(account, session)
    return found


def _page(request: Request, account: Account, session: Object, form: CardForm, status: int = 200) -> Response:
    if session["status"] != "open":
        done = (
            "This session is complete. You can close this page."
            if session["status"] == "complete"
            else "This session has expired."
        )
        return page(request, "message.html", status, title="Checkout", message=done)
    context = {
        "account": account,
        "session": session,
        "form": form,
        "items": [account.objects[id] for id in session["_items"]],
        "requires_address": requires_address(session),
        "needs_card": needs_card(session),
        "trial": session["_subscription_data"].get("trial_period_days"),
    }
    return page(request, "checkout.html", status, **context)
