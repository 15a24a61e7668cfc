"""Actions on a finalized invoice: pay, void, mark uncollectible, attach a payment."""

from ...errors import InvalidRequest
from ...operations import Call, operation
from ...state.account import Account, Object
from ..payment_methods.payment_methods import usable
from .collection import collect, method_for
from .customer_balance import return_balance
from .finalization import finalize
from .payments import new_invoice_payment
from .pending import refuse_open, refuse_paid, refuse_part, refuse_pending
from .record_payments import attach_record
from .settlement import mark_paid, receive, withdraw_default


@operation("invoices.pay")
def pay(call: Call) -> Object:
    """Collect now, or record that it was paid out of band; a draft is finalized first."""
    account, params = call.account, call.params
    invoice = account.get("invoice", call.id)
    if invoice["status"] == "paid":
        raise InvalidRequest("Invoice is already paid")
    if invoice["status"] == "void":
        raise InvalidRequest("Voided invoices cannot be paid.")
    refuse_pending(account, invoice)
    if invoice["status"] == "draft":
        finalize(account, invoice)
    if invoice["status"] == "paid":
        return account.render(invoice)
    if params.get("paid_out_of_band"):
        _pay_out_of_band(account, invoice)
        return account.render(invoice)
    method = params.get("payment_method") or method_for(account, invoice)
    if not method:
        raise InvalidRequest(
            "There is no `default_payment_method` set on this Customer or Invoice. Please set either an"
            " `default_payment_method` on the Customer or Invoice."
        )
    collect(account, invoice, usable(account, method)["id"], params.get("off_session"))
    return account.render(invoice)


def _pay_out_of_band(account: Account, invoice: Object) -> None:
    withdraw_default(account, invoice, "automatic")
    with account.changing(invoice, "invoice.updated", "invoice.paid", "invoice.payment_succeeded"):
        invoice["_paid_off_stripe"] += invoice["amount_remaining"]
        invoice["amount_paid"] = invoice["amount_due"]
        invoice["amount_remaining"] = 0
        mark_paid(account, invoice)


@operation("invoices.void_invoice")
def void_invoice(call: Call) -> Object:
    """Void an invoice: it is no longer owed."""
    account = call.account
    invoice = account.get("invoice", call.id)
    refuse_paid(account, invoice, "voided")
    _require_open(invoice, also="uncollectible")
    refuse_pending(account, invoice)
    refuse_open(account, invoice, "voided")
    void(account, invoice)
    return account.render(invoice)


def void(account: Account, invoice: Object) -> None:
    """Void the invoice, cancel its open payment and return the customer's balance."""
    with account.changing(invoice, "invoice.updated", "invoice.voided"):
        invoice.update(status="void", auto_advance=False, next_payment_attempt=None)
        invoice["status_transitions"] = invoice["status_transitions"] | {"voided_at": account.now}
    withdraw_default(account, invoice, "void_invoice")
    return_balance(account, invoice)


@operation("invoices.mark_uncollectible")
def mark_uncollectible(call: Call) -> Object:
    """Mark an invoice as uncollectible; it can still be paid."""
    account = call.account
    invoice = account.get("invoice", call.id)
    if invoice["status"] == "uncollectible":
        raise InvalidRequest("This invoice has already been marked uncollectible.")
    _require_open(invoice)
    refuse_pending(account, invoice)
    refuse_open(account, invoice, "marked uncollectible")
    mark_as_uncollectible(account, invoice)
    return account.render(invoice)


def mark_as_uncollectible(account: Account, invoice: Object) -> None:
    """Set the status to uncollectible."""
    with account.changing(invoice, "invoice.updated", "invoice.marked_uncollectible"):
        invoice.update(status="uncollectible", auto_advance=False, next_payment_attempt=None)
        invoice["status_transitions"] = invoice["status_transitions"] | {
            "marked_uncollectible_at": account.now
        }


@operation("invoices.attach_payment")
def attach_payment(call: Call) -> Object:
    """Attach a PaymentIntent or a Payment Record to the invoice; one that has succeeded pays at once."""
    account = call.account
    invoice = account.get("invoice", call.id)
    _require_open(invoice, also="uncollectible")
    refuse_pending(account, invoice)
    if call.params.get("payment_record"):
        attach_record(account, invoice, call.params["payment_record"])
        return account.render(invoice)
    intent = account.get("payment_intent", call.params.get("payment_intent"), "payment_intent")
    _check_match(invoice, intent)
    amount = intent["amount_received"] or intent["amount"]
    refuse_part(invoice, amount, "payment_intent")
    payment = new_invoice_payment(account, invoice, intent, amount, default=False)
    if intent["status"] == "succeeded":
        receive(account, invoice, payment, intent["amount_received"])
    return account.render(invoice)


def _check_match(invoice: Object, intent: Object) -> None:
    if intent["currency"] != invoice["currency"]:
        raise InvalidRequest("The PaymentIntent's currency must match the invoice's.", param="payment_intent")
    if intent["customer"] != invoice["customer"]:
        raise InvalidRequest("The PaymentIntent's customer must match the invoice's.", param="payment_intent")
    if intent["status"] == "canceled" or intent.get("_invoice_payments"):
        raise InvalidRequest(
            "This PaymentIntent is canceled, or attached to an invoice already.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
        )


def _require_open(invoice: Object, also: str = "open") -> None:
    if invoice["status"] not in ("open", also):
        raise InvalidRequest("You can only pass in open invoices. This invoice isn't open.")
