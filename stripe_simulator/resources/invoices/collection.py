"""Collecting an open invoice: by its default payment, out of band, or by another payment."""

from ...errors import CardError, InvalidRequest
from ...events import when
from ...state.account import Account, Object
from ..payments.confirmation import confirm_intent
from .payments import open_default


def method_for(account: Account, invoice: Object) -> str | None:
    """Return the invoice's own payment method, or the customer's default.

    Source: API reference, "Pay an invoice".
    """
    customer = account.find("customer", invoice["customer"]) or {}
    default: str | None = customer.get("invoice_settings", {}).get("default_payment_method")
    own: str | None = invoice["default_payment_method"]
    return own or invoice.get("_subscription_method") or default


def collect(account: Account, invoice: Object, method: str, off_session: bool) -> None:
    """Charge the remaining amount; raise CardError if the card declines or requires authentication."""
    payment = open_default(account, invoice)
    if payment is None:
        raise InvalidRequest("This invoice has no payment that could be confirmed.")
    intent = account.objects[payment["payment"]["payment_intent"]]
    with account.changing(invoice, "invoice.updated"):
        invoice["attempt_count"] += 1
        invoice["attempted"] = True
    confirm_intent(account, intent, {"payment_method": method, "off_session": off_session})
    if intent["status"] == "requires_action":
        raise CardError(
            "This payment requires additional user action before it can be completed successfully. Payment can be"
            " completed using the PaymentIntent associated with the invoice.",
            code="invoice_payment_intent_requires_action",
            payment_intent=account.snapshot(intent),
        )


@when("payment_intent.payment_failed")
def payment_failed(account: Account, intent: Object) -> None:
    """Update the invoice whose payment has failed."""
    invoice = account.find("invoice", intent.get("_default_of_invoice"))
    if invoice is not None:
        account.emit("invoice.payment_failed", invoice)


@when("payment_intent.requires_action")
def payment_action_required(account: Account, intent: Object) -> None:
    """Update the invoice whose payment requires action by the customer."""
    invoice = account.find("invoice", intent.get("_default_of_invoice"))
    if invoice is not None:
        account.emit("invoice.payment_action_required", invoice)
