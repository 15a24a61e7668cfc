"""Invoices paid by a Payment Record.

Source: Stripe changelog, "Payment Records with Invoices and Credit Notes".
"""

from ...errors import InvalidRequest
from ...state.account import Account, Object
from .payments import new_invoice_payment
from .pending import refuse_part
from .settlement import receive


def attach_record(account: Account, invoice: Object, id: str) -> None:
    """Credit the amount that the record guarantees; it counts as paid off Stripe."""
    record = account.get("payment_record", id, "payment_record")
    _check_match(invoice, record)
    amount: int = record["amount_guaranteed"]["value"]
    refuse_part(invoice, record["amount_requested"]["value"], "payment_record")
    payment = new_invoice_payment(
        account, invoice, record, record["amount_requested"]["value"], default=False
    )
    if amount:
        invoice["_paid_off_stripe"] += min(amount, invoice["amount_remaining"])
        receive(account, invoice, payment, amount)


def _check_match(invoice: Object, record: Object) -> None:
    customer = (record["customer_details"] or {}).get("customer")
    if customer not in (None, invoice["customer"]):
        raise InvalidRequest("The PaymentRecord's customer must match the invoice's.", param="payment_record")
    if record["amount_requested"]["currency"] != invoice["currency"]:
        raise InvalidRequest("The PaymentRecord's currency must match the invoice's.", param="payment_record")
    if record.get("_invoice_payments"):
        raise InvalidRequest("This PaymentRecord is attached to an invoice already.", param="payment_record")
