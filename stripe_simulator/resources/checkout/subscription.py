"""Subscribing on the page of a Checkout Session.

Source: Stripe docs, "Build a subscriptions integration with Checkout". Assumed: the first attempt to pay
creates the subscription, incomplete; after a declined card it waits for another one.
"""

from typing import Any

from ...errors import CardError
from ...events import when
from ...operations import Call
from ...state.account import Account, Object
from ..invoices.collection import collect
from ..invoices.payments import open_default
from ..subscriptions.subscriptions import create
from .completion import complete

_COPIED = (
    "billing_cycle_anchor", "billing_cycle_anchor_config", "billing_mode", "default_tax_rates", "description",
    "invoice_settings", "metadata", "proration_behavior", "trial_end", "trial_period_days", "trial_settings",
)  # fmt: skip


def pay_subscription(account: Account, session: Object, method: Object) -> Object:
    """Charge the first invoice; the intent may require authentication.

    Raises CardError when the card declines.
    """
    subscription = account.find("subscription", session.get("_subscription"))
    if subscription is None:
        subscription = subscribe(account, session, None)
    invoice = account.objects[subscription["latest_invoice"]]
    payment = open_default(account, invoice)
    if payment is None:
        complete(account, session, "no_payment_required")
        return {"id": None, "status": "succeeded"}
    intent = account.objects[payment["payment"]["payment_intent"]]
    # The card is saved for the customer once it has paid, because renewals will need it.
    intent.update(setup_future_usage="off_session", _session_subscribed=session["id"])
    try:
        collect(account, invoice, method["id"], off_session=False)
    except CardError as error:
        if error.code != "invoice_payment_intent_requires_action":
            raise
    return intent


def subscribe(account: Account, session: Object, method: str | None) -> Object:
    """Create the subscription, with a card that has been set up or without a card."""
    data = session["_subscription_data"]
    items = [account.objects[id] for id in session["_items"]]
    params: dict[str, Any] = {name: data[name] for name in _COPIED if name in data} | {
        "customer": session["customer"],
        "items": [_item(item) for item in items if item["price"]["recurring"]],
        "payment_behavior": "default_incomplete",
        "discounts": session["_discounts"],
    }
    extras = [_item(item) for item in items if not item["price"]["recurring"]]
    if extras:
        params["add_invoice_items"] = extras
    if method:
        params["default_payment_method"] = method
    subscription = create(Call(account, params, (), "/v1/subscriptions"))
    session["_subscription"] = subscription["id"]
    session.update(subscription=subscription["id"], invoice=subscription["latest_invoice"])
    return account.objects[subscription["id"]]


def _item(item: Object) -> dict[str, Any]:
    given = {"price": item["price"]["id"]}
    if item["quantity"] is not None:
        given["quantity"] = item["quantity"]
    if item["_tax_rates"]:
        given["tax_rates"] = item["_tax_rates"]
    return given


@when("invoice.payment_succeeded", "payment_intent.processing")
def first_invoice_is_paid(account: Account, object: Object) -> None:
    """Complete the session once the first invoice is paid; renewals charge the same card."""
    intent = _intent_of(account, object)
    session = account.find("checkout.session", intent.get("_session_subscribed")) if intent else None
    if session is None or intent is None or session["status"] != "open":
        return
    subscription = account.objects[session["subscription"]]
    with account.changing(subscription, "customer.subscription.updated"):
        subscription["default_payment_method"] = intent["payment_method"]
        # A processing debit counts as paid until it fails.
        if intent["status"] == "processing":
            subscription["status"] = "active"
    complete(account, session, "paid" if intent["status"] == "succeeded" else "unpaid")


def _intent_of(account: Account, object: Object) -> Object | None:
    if object["object"] == "payment_intent":
        return object
    ids = object.get("_payments", [])
    found = [account.objects[id]["payment"].get("payment_intent") for id in ids]
    return next((account.objects[id] for id in found if id), None)
