"""The end of a Checkout Session: what it shows once it is paid, set up or subscribed."""

from ...events import when
from ...state.account import Account, Object
from ..catalog.discounts import new_discounts
from .customers import shown_details, update_customer

_ARRIVED = (
    "payment_intent.succeeded",
    "payment_intent.amount_capturable_updated",
    "payment_intent.processing",
)


def complete(account: Account, session: Object, payment_status: str) -> None:
    """Complete the session and emit the event."""
    if session["status"] != "open":
        return
    update_customer(account, session)
    if session["mode"] == "payment" and session["_discounts"]:
        owner = {"customer": session["customer"], "checkout_session": session["id"]}
        base = session["amount_subtotal"]
        new_discounts(account, session["_discounts"], session["currency"], base=base, **owner)
    session.update(
        status="complete",
        payment_status=payment_status,
        url=None,
        customer_details=shown_details(account, session),
        **session["_submitted"],
    )
    account.emit("checkout.session.completed", session)


@when(*_ARRIVED)
def payment_arrived(account: Account, intent: Object) -> None:
    """Complete the session whose payment has succeeded or is processing."""
    session = account.find("checkout.session", intent.get("_session"))
    if session is not None:
        complete(account, session, "paid" if intent["status"] == "succeeded" else "unpaid")


@when("payment_intent.succeeded", "payment_intent.payment_failed")
def settle_later(account: Account, intent: Object) -> None:
    """Settle a session that completed while its debit was processing."""
    session = account.find("checkout.session", intent.get("_session") or intent.get("_session_subscribed"))
    if session is None or session["status"] != "complete" or session["payment_status"] != "unpaid":
        return
    if intent["capture_method"] == "manual":
        return
    if intent["status"] == "succeeded":
        session["payment_status"] = "paid"
        account.emit("checkout.session.async_payment_succeeded", session)
    else:
        account.emit("checkout.session.async_payment_failed", session)
