"""The customer portal: shows invoices, cancels or keeps subscriptions, adds and removes cards."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..errors import CardError
from ..operations import Call
from ..resources.customers.customers import update as update_customer
from ..resources.payment_methods.payment_methods import detach, new_payment_method
from ..resources.payment_methods.setup_intents import confirm_setup, new_setup_intent
from ..resources.subscriptions.changes import update
from ..simulator import Simulator
from ..state.account import Account, Object
from .card_form import CardForm, submitted_form
from .rendering import not_found, page

_SEE_OTHER = 303
_ENDED = ("canceled", "incomplete_expired")


async def show(request: Request) -> Response:
    """Show the customer's invoices, subscriptions and cards."""
    found = _session(request)
    return not_found(request) if found is None else _page(request, *found, CardForm())


async def submit(request: Request) -> Response:
    """Cancel a subscription at its period's end, or keep it; add a card, make it the default or remove it."""
    found = _session(request)
    if found is None:
        return not_found(request)
    (account, session), form = found, await submitted_form(request)
    here = RedirectResponse(f"/portal/{session['id']}", _SEE_OTHER)
    choice, customer = form.values.get("choice"), session["customer"]
    if choice == "add":
        challenge = _add_card(account, session, form)
        return _page(request, account, session, form, 400) if form.errors else challenge or here
    kind, name, act = _CHOICES.get(choice or "", ("", "", None))
    chosen = account.find(kind, form.values.get(name))
    if act is None or chosen is None or chosen["customer"] != customer:
        return not_found(request)
    with account.journal.atomic():
        act(account, chosen, request.url.path)
    return here


def _add_card(account: Account, session: Object, form: CardForm) -> Response | None:
    """Save a new card; return a redirect if its bank requires authentication.

    A decline is set as the form's error.
    """
    card = form.card()
    if card is None:
        return None
    try:
        with account.journal.atomic():
            method = new_payment_method(account, card, {})
            intent = new_setup_intent(account, {"customer": session["customer"]})
            confirm_setup(account, intent, {"payment_method": method["id"], "return_url": session["url"]})
    except CardError as error:
        form.errors["number"] = error.message
        return None
    if intent["status"] == "requires_action":
        return RedirectResponse(f"/3d_secure/{intent['id']}", _SEE_OTHER)
    return None


def _cancel(account: Account, subscription: Object, path: str) -> None:
    update(Call(account, {"cancel_at_period_end": True}, (subscription["id"],), path))


def _keep(account: Account, subscription: Object, path: str) -> None:
    update(Call(account, {"cancel_at_period_end": False}, (subscription["id"],), path))


def _make_default(account: Account, method: Object, path: str) -> None:
    settings = {"invoice_settings": {"default_payment_method": method["id"]}}
    update_customer(Call(account, settings, (method["customer"],), path))


def _remove(account: Account, method: Object, path: str) -> None:
    detach(Call(account, {}, (method["id"],), path))


# What each button does: the kind of its object, the field that names the object, and the function.
_CHOICES = {
    "cancel": ("subscription", "subscription", _cancel),
    "keep": ("subscription", "subscription", _keep),
    "default": ("payment_method", "method", _make_default),
    "remove": ("payment_method", "method", _remove),
}


def _page(request: Request, account: Account, session: Object, form: CardForm, status: int = 200) -> Response:
    owned = {
        kind: [
            account.render(object)
            for object in account.all(kind)
            if object["customer"] == session["customer"]
        ]
        for kind in ("subscription", "invoice", "payment_method")
    }
    context = {
        "account": account,
        "session": session,
        "form": form,
        "customer": account.objects[session["customer"]],
        "subscriptions": [
            subscription for subscription in owned["subscription"] if subscription["status"] not in _ENDED
        ],
        "names": {product["id"]: product["name"] for product in account.all("product")},
        "methods": owned["payment_method"],
        "invoices": [invoice for invoice in owned["invoice"] if invoice["status"] != "draft"],
    }
    return page(request, "portal.html", status, **context)


def _session(request: Request) -> tuple[Account, Object] | None:
    simulator: Simulator = request.app.state.simulator
    return simulator.locate("billing_portal.session", request.path_params["id"])
