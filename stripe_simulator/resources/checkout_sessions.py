"""Checkout sessions. Source: Stripe API reference, "Checkout Sessions"."""

from typing import Any

from ..account import Account, Object
from ..agenda import action
from ..errors import InvalidRequest
from ..expansion import INCLUDABLE
from ..listing import embedded_list, page, paged, retrievable
from ..metadata import merged
from ..operations import Call, operation
from .checkout_items import new_items
from .checkout_shape import new_session

retrievable("checkout.sessions.retrieve", "checkout.session")
_SHORTEST, _LONGEST = 30 * 60, 24 * 3600


@operation("checkout.sessions.create")
def create(call: Call) -> Object:
    """A page on which a customer pays, or leaves a payment method. The PaymentIntent is made when they pay."""
    account, params = call.account, call.params
    _check(account, params)
    session = new_session(account, params)
    if params["mode"] == "payment":
        items = new_items(account, params.get("line_items") or [])
        for item in items:
            account.add(item)
        total = sum(item["amount_total"] for item in items)
        session.update(
            currency=items[0]["currency"],
            amount_subtotal=total,
            amount_total=total,
            _items=[item["id"] for item in items],
        )
    account.add(session)
    account.agenda.add(session["expires_at"], "expire_session", session)
    return account.render(session)


@operation("checkout.sessions.update")
def update(call: Call) -> Object:
    """Change metadata."""
    session = call.account.get("checkout.session", call.id)
    session["metadata"] = merged(session["metadata"], call.params.get("metadata", {}))
    return call.account.render(session)


@operation("checkout.sessions.expire")
def expire(call: Call) -> Object:
    """Close the page of an open session."""
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
    """A session that nobody paid in time."""
    if session["status"] == "open":
        expire_session(account, session)


def expire_session(account: Account, session: Object) -> None:
    """Nobody can pay it any more."""
    session.update(status="expired", url=None)
    account.emit("checkout.session.expired", session)


@operation("checkout.sessions.list")
def list_(call: Call) -> Object:
    """By customer, payment intent, status."""
    params = call.params
    asked = {
        name: params[name]
        for name in ("customer", "payment_intent", "status", "subscription")
        if name in params
    }
    email = params.get("customer_details", {}).get("email")

    def wanted(session: Object) -> bool:
        details = session["customer_details"] or {}
        return (email is None or details.get("email") == email) and all(
            session[name] == asked[name] for name in asked
        )

    return page(call, "checkout.session", wanted)


@operation("checkout.sessions.line_items.list")
def list_line_items(call: Call) -> Object:
    """What is bought."""
    return paged(call, _items(call.account, call.account.get("checkout.session", call.id)))


def _items(account: Account, session: Object) -> list[Object]:
    return [account.objects[id] for id in session["_items"]]


def _check(account: Account, params: dict[str, Any]) -> None:
    if not params.get("mode"):
        raise InvalidRequest("Missing required param: mode.", code="parameter_missing", param="mode")
    if params["mode"] == "subscription":
        raise InvalidRequest(
            "The simulator has Checkout Sessions in mode payment and setup only.", param="mode"
        )
    if params["mode"] == "payment" and not params.get("line_items"):
        raise InvalidRequest(
            "Missing required param: line_items.", code="parameter_missing", param="line_items"
        )
    if params.get("customer"):
        account.get("customer", params["customer"], "customer")
    hosted = params.get("ui_mode", "hosted_page") == "hosted_page"
    if hosted and not params.get("success_url"):
        raise InvalidRequest(
            "Missing required param: success_url.", code="parameter_missing", param="success_url"
        )
    for name in ("success_url", "cancel_url"):
        if params.get(name) and not params[name].startswith(("http://", "https://")):
            raise InvalidRequest("Not a valid URL", code="url_invalid", param=name)
    if "expires_at" in params and not _SHORTEST <= params["expires_at"] - account.now <= _LONGEST:
        raise InvalidRequest(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )


INCLUDABLE["checkout.session", "line_items"] = lambda account, session: embedded_list(
    account, _items(account, session), f"/v1/checkout/sessions/{session['id']}/line_items"
)
