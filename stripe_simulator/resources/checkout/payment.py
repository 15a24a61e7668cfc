"""Paying a Checkout Session on its page."""

from dataclasses import dataclass, field
from typing import Any

from ...cards.card import Card
from ...events import when
from ...state.account import Account, Object
from ..payment_methods.payment_methods import new_payment_method
from ..payment_methods.setup_intents import confirm_setup, new_setup_intent
from ..payments.confirmation import confirm_intent
from ..payments.new_intent import new_intent
from .completion import complete
from .customers import customer_for
from .subscription import pay_subscription, subscribe


@dataclass(frozen=True)
class Payer:
    """The payer's details from the page; the card is missing if nothing is due."""

    card: Card | None
    email: str | None = None
    name: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    submitted: dict[str, Any] = field(default_factory=dict)


def needs_card(session: Object) -> bool:
    """Return whether a card is needed: something is due, or a subscription requires a card anyway."""
    if session["mode"] == "subscription" and session["payment_method_collection"] == "always":
        return True
    return session["mode"] == "setup" or bool(session["amount_total"])


def pay(account: Account, session: Object, payer: Payer) -> Object | None:
    """Confirm the session's intent, which is created on the first attempt, and return it.

    It may require authentication; None when no card was needed. Raises CardError, and the session stays open,
    if the card is declined.
    """
    details = {"email": payer.email or session["customer_email"], "name": payer.name}
    session["_details"] = details | payer.details
    session["_submitted"] = payer.submitted
    session["customer"] = customer_for(account, session, session["_details"])
    if payer.card is None or not needs_card(session):
        if session["mode"] == "subscription":
            subscribe(account, session, None)
        complete(account, session, "no_payment_required")
        return None
    billing = details | {name: payer.details[name] for name in ("address", "phone") if name in payer.details}
    method = new_payment_method(account, payer.card, {"billing_details": billing})
    if session["mode"] == "subscription" and session["amount_total"]:
        return pay_subscription(account, session, method)
    if session["mode"] == "payment":
        intent = _payment_intent(account, session)
        confirm_intent(account, intent, {"payment_method": method["id"]})
    else:
        intent = _setup_intent(account, session)
        confirm_setup(account, intent, {"payment_method": method["id"]})
    return intent


def _payment_intent(account: Account, session: Object) -> Object:
    known = account.find("payment_intent", session["payment_intent"])
    if known is not None:
        return known
    due = {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "customer": session["customer"],
    }
    intent = new_intent(account, session["_intent_data"] | due)
    intent["_session"] = session["id"]
    session["payment_intent"] = intent["id"]
    return intent


def _setup_intent(account: Account, session: Object) -> Object:
    """Return the SetupIntent of a session in mode `setup`, or a subscription's hidden one for a trial."""
    known = account.find("setup_intent", session.get("_setup_intent"))
    if known is not None:
        return known
    intent = new_setup_intent(account, session["_setup_data"] | {"customer": session["customer"]})
    intent["_session"] = session["id"]
    session["_setup_intent"] = intent["id"]
    if session["mode"] == "setup":
        session["setup_intent"] = intent["id"]
    return intent


@when("setup_intent.succeeded")
def finish_setup(account: Account, intent: Object) -> None:
    """Complete the session once its card has been set up, or create its subscription."""
    session = account.find("checkout.session", intent.get("_session"))
    if session is None or session["status"] != "open":
        return
    if session["mode"] == "subscription":
        subscribe(account, session, intent["payment_method"])
    complete(account, session, "no_payment_required")


def success_url(session: Object) -> str:
    """Return the URL to which the browser is sent after payment."""
    target = session["success_url"] or session.get("return_url") or ""
    return str(target).replace("{CHECKOUT_SESSION_ID}", session["id"])
