"""The hosted invoice page, which can be paid."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..errors import CardError, InvalidRequest
from ..resources.invoices.collection import collect
from ..resources.invoices.lines import lines_of
from ..resources.payment_methods.payment_methods import new_payment_method
from ..simulator import Simulator
from ..state.account import Account, Object
from .card_form import CardForm, submitted_form
from .rendering import not_found, page

_SEE_OTHER = 303


async def show(request: Request) -> Response:
    """Show the invoice, with a form while it can be paid."""
    found = _invoice(request)
    if found is None:
        return not_found(request)
    account, invoice = found
    return _page(request, account, invoice, CardForm(email=invoice["customer_email"] or ""))


async def submit(request: Request) -> Response:
    """Pay the remaining amount."""
    found = _invoice(request)
    if found is None:
        return not_found(request)
    account, invoice = found
    form = await submitted_form(request)
    card = form.card()
    if card is None or invoice["status"] not in ("open", "uncollectible"):
        return _page(request, account, invoice, form, 400)
    details = {"email": form.email or None, "name": form.name or None}
    try:
        with account.journal.atomic():
            method = new_payment_method(account, card, {"billing_details": details})
            collect(account, invoice, method["id"], off_session=False)
    except InvalidRequest as error:
        form.errors["number"] = error.message
        return _page(request, account, invoice, form, 400)
    except CardError as error:
        intent = error.extra.get("payment_intent", {})
        if error.code == "invoice_payment_intent_requires_action":
            return RedirectResponse(f"/3d_secure/{intent['id']}", _SEE_OTHER)
        form.errors["number"] = error.message
        return _page(request, account, invoice, form, 402)
    return RedirectResponse(f"/i/{invoice['id']}", _SEE_OTHER)


def _invoice(request: Request) -> tuple[Account, Object] | None:
    simulator: Simulator = request.app.state.simulator
    found = simulator.locate("invoice", request.path_params["id"])
    return found if found is not None and found[1]["hosted_invoice_url"] else None


def _page(request: Request, account: Account, invoice: Object, form: CardForm, status: int = 200) -> Response:
    lines = lines_of(account, invoice)
    rates = {tax["tax_rate_details"]["tax_rate"] for tax in invoice["total_taxes"]}
    names = {id: account.objects[id]["display_name"] for id in rates}
    return page(request, "invoice.html", status, invoice=invoice, lines=lines, form=form, names=names)
