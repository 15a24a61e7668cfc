"""Collecting an open invoice by its default payment, and what a failure does to it."""

from contextlib import suppress

from ...errors import AttemptFailed, CardError, InvalidRequest
from ...events import when
from ...state.account import Account, Object
from ..payments.confirmation import confirm_intent
from .attempts import count_attempt, plan_retry
from .payments import open_default
from .pending import refuse_pending


def method_for(account: Account, invoice: Object) -> str | None:
    """Return the invoice's own payment method, or the customer's default.

    Source: API reference, "Pay an invoice".
    """
    customer = account.find("customer", invoice["customer"]) or {}
    default: str | None = customer.get("invoice_settings", {}).get("default_payment_method")
    own: str | None = invoice["default_payment_method"]
    return own or invoice.get("_subscription_method") or default


def collect(
    account: Account, invoice: Object, method: str, off_session: bool | None, automatic: bool = False
) -> None:
    """Charge the remaining amount; raise CardError if the card declines or requires authentication.

    Without `off_session` the customer is asked to authenticate where the card requires it, unless it is set
    up. Observed: Stripe's command line triggers `invoice.payment_action_required` like this, although the
    reference says that `off_session` is true by default.
    """
    refuse_pending(account, invoice)
    payment = open_default(account, invoice)
    if payment is None:
        raise InvalidRequest("This invoice has no payment that could be confirmed.")
    intent = account.objects[payment["payment"]["payment_intent"]]
    with account.changing(invoice, "invoice.updated"):
        count_attempt(invoice, automatic)
    confirm_intent(account, intent, {"payment_method": method, "off_session": off_session})
    if intent["status"] == "requires_action":
        raise AttemptFailed(
            "This payment requires additional user action before it can be completed successfully. Payment can be"
            " completed using the PaymentIntent associated with the invoice.",
            code="invoice_payment_intent_requires_action",
            payment_intent=account.snapshot(intent),
        )


def attempt(account: Account, invoice: Object) -> None:
    """Collect an invoice that advances automatically; one without a payment method fails.

    Source: Stripe docs, "Automatic invoice advancement" and "Automate payment retries".
    """
    method = account.find("payment_method", method_for(account, invoice))
    if method is None or method["customer"] != invoice["customer"]:
        with account.changing(invoice, "invoice.updated"):
            count_attempt(invoice, automatic=True)
            plan_retry(account, invoice)
        account.emit("invoice.payment_failed", invoice)
        return
    with suppress(CardError):
        collect(account, invoice, method["id"], off_session=None, automatic=True)


@when("payment_intent.payment_failed")
def payment_failed(account: Account, intent: Object) -> None:
    """Plan the next attempt for the invoice whose payment has failed."""
    _follow(account, intent, "invoice.payment_failed")


@when("payment_intent.requires_action")
def payment_action_required(account: Account, intent: Object) -> None:
    """Plan the next attempt for the invoice whose payment requires action by the customer."""
    _follow(account, intent, "invoice.payment_action_required")


def _follow(account: Account, intent: Object, event: str) -> None:
    invoice = account.find("invoice", intent.get("_default_of_invoice"))
    if invoice is not None:
        with account.changing(invoice, "invoice.updated"):
            plan_retry(account, invoice)
        account.emit(event, invoice)
