"""What a credit note does to its invoice, and where the money goes."""

from typing import Any

from ...errors import InvalidRequest
from ...state.account import Account, Object
from ..customers.balance import credit
from ..invoices.settlement import follow_remaining, mark_paid
from ..payments.refunds import refund_charge


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


def allocate(account: Account, invoice: Object, note: Object, params: dict[str, Any], post: int) -> None:
    """Refund the invoice's payment, or credit the customer's balance, as requested."""
    refund_amount, credit_amount = params.get("refund_amount", 0), params.get("credit_amount", 0)
    if credit_amount:
        customer, currency = invoice["customer"], invoice["currency"]
        entry = credit(account, customer, credit_amount, currency, "credit_note", credit_note=note["id"])
        note["customer_balance_transaction"] = entry["id"] if entry else None
    if refund_amount:
        refund = refund_charge(account, _charge(account, invoice), refund_amount, {})
        issued = {"amount_refunded": refund_amount, "refund": refund["id"], "type": "refund"}
        note["refunds"] = [*note["refunds"], issued]


def linked_refunds(account: Account, invoice: Object, given: list[dict[str, Any]] | None) -> list[Object]:
    """Return earlier refunds of its payments. Source: reference, "Create a credit note", refunds."""
    linked = []
    for index, entry in enumerate(given or []):
        at = f"refunds[{index}]"
        refund = account.get("refund", entry.get("refund"), f"{at}[refund]")
        amount: int = entry.get("amount_refunded") or refund["amount"]
        payments = (
            account.objects[id]["payment"].get("payment_intent") for id in invoice.get("_payments", [])
        )
        if refund["payment_intent"] not in payments:
            raise InvalidRequest("This refund is not of a payment of the invoice.", param=f"{at}[refund]")
        if not 0 < amount <= refund["amount"]:
            raise InvalidRequest("More than the refund's amount.", param=f"{at}[amount_refunded]")
        linked.append({"amount_refunded": amount, "refund": refund["id"], "type": "refund"})
    return linked


def _charge(account: Account, invoice: Object) -> Object:
    for id in invoice.get("_payments", []):
        payment = account.objects[id]
        if payment["status"] == "paid" and payment["payment"]["type"] == "payment_intent":
            intent = account.objects[payment["payment"]["payment_intent"]]
            return account.get("charge", intent["latest_charge"], "refund_amount")
    return account.get("charge", None, "refund_amount")
