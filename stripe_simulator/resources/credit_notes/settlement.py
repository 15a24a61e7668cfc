"""What a credit note does to its invoice, and where the money goes."""

from typing import Any

from ...state.account import Account, Object
from ..customers.balance import credit
from ..invoices.settlement import follow_remaining, mark_paid
from ..payments.refunds import refund_charge
from .refunds import shown_refund


def lower_invoice(account: Account, invoice: Object, pre: int, post: int) -> None:
    """Lower the amount owed; an invoice with nothing left is paid."""
    settled = pre > 0 and pre == invoice["amount_remaining"]
    paid = ("invoice.paid", "invoice.payment_succeeded") if settled else ()
    with account.changing(invoice, "invoice.updated", *paid):
        invoice["pre_payment_credit_notes_amount"] += pre
        invoice["post_payment_credit_notes_amount"] += post
        invoice["amount_due"] -= pre
        invoice["amount_remaining"] -= pre
        if settled:
            mark_paid(account, invoice)
    follow_remaining(account, invoice)


def raise_invoice(account: Account, invoice: Object, pre: int) -> None:
    """Raise the amount owed again, when a credit note is voided."""
    with account.changing(invoice, "invoice.updated"):
        invoice["pre_payment_credit_notes_amount"] -= pre
        invoice["amount_due"] += pre
        invoice["amount_remaining"] += pre
    follow_remaining(account, invoice)


def allocate(account: Account, note: Object, params: dict[str, Any], charge: Object | None) -> None:
    """Refund the invoice's charge, or credit the customer's balance in its currency, as requested."""
    if params.get("credit_amount"):
        about = {"credit_note": note["id"], "invoice": note["invoice"]}
        amount, currency = params["credit_amount"], note["currency"]
        entry = credit(account, note["customer"], amount, currency, "credit_note", **about)
        note["customer_balance_transaction"] = entry["id"] if entry else None
    if charge is not None:
        refund = refund_charge(account, charge, params["refund_amount"], {})
        note["refunds"] = [*note["refunds"], shown_refund(refund, refund["amount"])]
