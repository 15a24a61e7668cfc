"""Paying a Checkout Session on its page."""

from dataclasses import dataclass

from ..account import Account, Object
from ..cards import Card
from ..events import when
from .checkout_customers import customer_for
from .payment_confirmation import confirm_intent
from .payment_intent_shape import new_intent
from .payment_methods import new_payment_method
from .setup_intents import confirm_setup, new_setup_intent


@dataclass(frozen=True)
class Payer:
    """What a person typed into the page."""

    card: Card
    email: str | None = None
    name: str | None = None


def pay(account: Account, session: Object, payer: Payer) -> Object:
    """Confirm the session's intent, made on the first try; raises CardError and stays open if the card declines."""
    details = {"email": payer.email or session["customer_email"], "name": payer.name}
    method = new_payment_method(account, payer.card, {"billing_details": details})
    session["_details"] = details
    if session["customer"] is None:
        session["customer"] = customer_for(account, session, details)
    if session["mode"] == "setup":
        intent = _setup_intent(account, session)
        confirm_setup(account, intent, {"payment_method": method["id"]})
    else:
        intent = _payment_intent(account, session)
        confirm_intent(account, intent, {"payment_method": method["id"]})
    return intent


def _payment_intent(account: Account, session: Object) -> Object:
    known = account.find("payment_intent", session["payment_intent"])
    if known is not None:
        return known
    data = session["_intent_data"]
    intent = new_intent(
        account,
        data
        | {
            "amount": session["amount_total"],
            "currency": session["currency"],
            "customer": session["customer"],
        },
    )
    intent["_session"] = session["id"]
    session["payment_intent"] = intent["id"]
    return intent


def _setup_intent(account: Account, session: Object) -> Object:
    known = account.find("setup_intent", session["setup_intent"])
    if known is not None:
        return known
    intent = new_setup_intent(account, session["_setup_data"] | {"customer": session["customer"]})
    intent["_session"] = session["id"]
    session["setup_intent"] = intent["id"]
    return intent


@when(
    "payment_intent.succeeded",
    "setup_intent.succeeded",
    "payment_intent.amount_capturable_updated",
    "payment_intent.processing",
)
def complete(account: Account, intent: Object) -> None:
    """The session's intent has succeeded, on the page or after a challenge."""
    session = account.find("checkout.session", intent.get("_session"))
    if session is None or session["status"] != "open":
        return
    details = session["_details"]
    session.update(
        status="complete",
        payment_status="no_payment_required" if session["mode"] == "setup" else _payment_status(intent),
        url=None,
        customer_details={
            "address": None,
            "email": details["email"],
            "name": details["name"],
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    )
    account.emit("checkout.session.completed", session)


@when("payment_intent.succeeded", "payment_intent.payment_failed")
def settle_later(account: Account, intent: Object) -> None:
    """A debit that was processing when its session completed has succeeded or failed."""
    session = account.find("checkout.session", intent.get("_session"))
    if session is None or session["status"] != "complete" or session["payment_status"] != "unpaid":
        return
    if intent["capture_method"] == "manual":
        return
    if intent["status"] == "succeeded":
        session["payment_status"] = "paid"
        account.emit("checkout.session.async_payment_succeeded", session)
    else:
        account.emit("checkout.session.async_payment_failed", session)


def _payment_status(intent: Object) -> str:
    return "paid" if intent["status"] == "succeeded" else "unpaid"


def success_url(session: Object) -> str:
    """Where the browser goes after paying."""
    return str(session["success_url"] or "").replace("{CHECKOUT_SESSION_ID}", session["id"])
