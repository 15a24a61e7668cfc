"""Payments received for an invoice."""

from ...events import when
from ...state.account import Account, Object
from ..customers.balance import credit
from ..payments.cancellation import cancel_intent
from .payments import cancel_payment, open_default


@when("payment_intent.succeeded")
def settle_invoices(account: Account, intent: Object) -> None:
    """Credit a succeeded intent to the invoices to which it is attached."""
    left = intent["amount_received"]
    for id in intent.get("_invoice_payments", []):
        payment = account.objects[id]
        if payment["status"] == "open":
            amount = min(left, payment["amount_requested"]) if not payment["is_default"] else left
            left -= amount
            receive(account, account.objects[payment["invoice"]], payment, amount)


@when("payment_intent.canceled")
def cancel_payments(account: Account, intent: Object) -> None:
    """Cancel the invoice payments of a canceled intent. Source: Stripe docs, "Accept partial payments"."""
    for id in intent.get("_invoice_payments", []):
        if account.objects[id]["status"] == "open":
            cancel_payment(account, account.objects[id])


def receive(account: Account, invoice: Object, payment: Object, amount: int) -> None:
    """Credit a payment of this amount, in minor units, to an invoice."""
    payment.update(status="paid", amount_paid=amount)
    payment["status_transitions"] = payment["status_transitions"] | {"paid_at": account.now}
    account.emit("invoice_payment.paid", payment)
    applied = min(amount, invoice["amount_remaining"])
    if applied < amount:
        _overpay(account, invoice, amount - applied)
    if applied:
        _apply(account, invoice, applied)
    follow_remaining(account, invoice)


def _apply(account: Account, invoice: Object, amount: int) -> None:
    became_paid = invoice["amount_remaining"] == amount
    paid = ("invoice.paid", "invoice.payment_succeeded") if became_paid else ()
    with account.changing(invoice, "invoice.updated", *paid):
        invoice["amount_paid"] += amount
        invoice["amount_remaining"] -= amount
        invoice["attempted"] = True
        if became_paid:
            mark_paid(account, invoice)


def mark_paid(account: Account, invoice: Object) -> None:
    """Set the status; the caller emits the change."""
    invoice.update(status="paid", auto_advance=False, next_payment_attempt=None)
    invoice["status_transitions"] = invoice["status_transitions"] | {"paid_at": account.now}


def withdraw_default(account: Account, invoice: Object, reason: str) -> None:
    """Cancel the payment that Stripe created at finalization, because it is no longer needed."""
    payment = open_default(account, invoice)
    if payment is not None:
        cancel_payment(account, payment)
        cancel_intent(account, account.objects[payment["payment"]["payment_intent"]], reason)


def _overpay(account: Account, invoice: Object, amount: int) -> None:
    with account.changing(invoice, "invoice.updated", "invoice.overpaid"):
        invoice["amount_overpaid"] += amount
    credit(
        account, invoice["customer"], amount, invoice["currency"], "invoice_overpaid", invoice=invoice["id"]
    )


def follow_remaining(account: Account, invoice: Object) -> None:
    """Keep the default payment equal to the remaining amount.

    Source: API reference, "InvoicePayment", is_default.
    """
    payment = open_default(account, invoice)
    if payment is None:
        return
    if invoice["amount_remaining"] == 0:
        withdraw_default(account, invoice, "automatic")
        return
    payment["amount_requested"] = invoice["amount_remaining"]
    account.objects[payment["payment"]["payment_intent"]]["amount"] = invoice["amount_remaining"]
