"""Checkout sessions. Source: Stripe API reference, "Checkout Sessions"."""

from typing import Any

from ...amounts.minimum_charges import check_checkout_total, refuse_too_large
from ...errors import InvalidRequest
from ...expansion import INCLUDABLE
from ...listing import embedded_list, page, paged, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from ...state.actions import action
from ..payment_methods.setup_intents import cancel_setup
from ..payments.cancellation import cancel_intent
from ..subscriptions.currencies import refuse_other_currency
from .checks import check
from .items import new_items
from .new_session import new_session
from .totals import apply_discount, recompute

retrievable("checkout.sessions.retrieve", "checkout.session")


@operation("checkout.sessions.create")
def create(call: Call) -> Object:
    """Create a page on which a customer pays, or saves a payment method.

    The PaymentIntent is created when they pay.
    """
    account, params = call.account, call.params
    check(account, params)
    session = new_session(account, params)
    if params["mode"] != "setup":
        _add_items(account, session, params)
    session = account.add(session)
    account.agenda.add(session["expires_at"], "expire_session", session)
    return account.render(session)


def _add_items(account: Account, session: Object, params: dict[str, Any]) -> None:
    data = params.get("subscription_data") or {}
    items = new_items(account, params, trial=bool(data.get("trial_period_days") or data.get("trial_end")))
    if params["mode"] == "subscription" and params.get("customer"):
        refuse_other_currency(account, params["customer"], items[0]["currency"])
    ids = [account.add(item)["id"] for item in items]
    session.update(currency=items[0]["currency"], _items=ids)
    recompute(account, session)
    given = params.get("discounts") or []
    if len(given) > 1:
        raise InvalidRequest("You may pass at most one discount.", param="discounts")
    if given:
        apply_discount(account, session, given[0], "discounts[0]")
        recompute(account, session)
    if params["mode"] == "payment":
        check_checkout_total(session["amount_total"], session["currency"])
    refuse_too_large(session["amount_total"], session["currency"], None)


@operation("checkout.sessions.update")
def update(call: Call) -> Object:
    """Change metadata."""
    session = call.account.get("checkout.session", call.id)
    session["metadata"] = merged(session["metadata"], call.params.get("metadata", {}))
    return call.account.render(session)


@operation("checkout.sessions.expire")
def expire(call: Call) -> Object:
    """Expire an open session."""
    account = call.account
    session = account.get("checkout.session", call.id)
    if session["status"] != "open":
        raise InvalidRequest(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of'
            f" {session['status']}."
        )
    expire_session(account, session)
    return account.render(session)


@action("expire_session")
def expire_in_time(account: Account, session: Object) -> None:
    """Expire a session that was not paid in time."""
    if session["status"] == "open":
        expire_session(account, session)


def expire_session(account: Account, session: Object) -> None:
    """Set the session to expired: it can no longer be paid, and its intent is canceled.

    Source: API reference, "The Checkout Session object", payment_intent and setup_intent: they are canceled
    by expiring their session. Seen of Stripe: the reason is "automatic". The events' order is assumed.
    """
    if intent := account.find("payment_intent", session["payment_intent"]):
        cancel_intent(account, intent, "automatic")
    if intent := account.find("setup_intent", session.get("_setup_intent")):
        cancel_setup(account, intent, None)
    session.update(status="expired", url=None)
    account.emit("checkout.session.expired", session)


@operation("checkout.sessions.list")
def list_(call: Call) -> Object:
    """List sessions by customer, payment intent and status."""
    params = call.params
    filters: Object = {
        name: params[name]
        for name in ("customer", "payment_intent", "status", "subscription")
        if name in params
    }
    email = params.get("customer_details", {}).get("email")

    def matches(session: Object) -> bool:
        details = session["customer_details"] or {}
        return (email is None or details.get("email") == email) and all(
            session[name] == filters[name] for name in filters
        )

    return page(call, "checkout.session", matches, by=filters)


@operation("checkout.sessions.line_items.list")
def list_line_items(call: Call) -> Object:
    """List the line items."""
    return paged(call, _items(call.account, call.account.get("checkout.session", call.id)))


def _items(account: Account, session: Object) -> list[Object]:
    return [account.objects[id] for id in session["_items"]]


INCLUDABLE["checkout.session", "line_items"] = lambda account, session: embedded_list(
    account, _items(account, session), f"/v1/checkout/sessions/{session['id']}/line_items"
)
