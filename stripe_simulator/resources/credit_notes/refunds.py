"""Refunds that a credit note makes or links, and those that take from what can still be credited."""

from typing import Any

from ...errors import InvalidRequest
from ...state.account import Account, Object
from ..payments.refunds import check_refund

_WITHOUT_MONEY = ("failed", "canceled")


def linked_refunds(account: Account, invoice: Object, given: list[dict[str, Any]] | None) -> list[Object]:
    """Return earlier refunds of its payments. Source: reference, "Create a credit note", refunds."""
    linked: list[Object] = []
    for index, entry in enumerate(given or []):
        linked.append(_linked(account, invoice, entry, linked, f"refunds[{index}]"))
    return linked


def _linked(
    account: Account, invoice: Object, entry: dict[str, Any], earlier: list[Object], at: str
) -> Object:
    if entry.get("type") == "payment_record_refund" or "payment_record_refund" in entry:
        raise InvalidRequest("The simulator does not link refunds of PaymentRecords.", param=f"{at}[type]")
    refund = account.get("refund", entry.get("refund"), f"{at}[refund]")
    if refund["charge"] not in {charge["id"] for charge in charges_of(account, invoice)}:
        raise InvalidRequest("This refund is not of a payment of the invoice.", param=f"{at}[refund]")
    if refund["status"] in _WITHOUT_MONEY:
        raise InvalidRequest(f"This refund is {refund['status']}.", param=f"{at}[refund]")
    left = refund["amount"] - _credited(account, invoice, refund["id"], earlier)
    amount: int = entry.get("amount_refunded", left)
    if not 0 < amount <= left:
        raise InvalidRequest(
            f"At most {left} of this refund can be linked to a credit note.", param=f"{at}[amount_refunded]"
        )
    return shown_refund(refund, amount)


def shown_refund(refund: Object, amount: int) -> Object:
    """Return a refund as its credit note shows it."""
    return {
        "amount_refunded": amount,
        "payment_record_refund": None,
        "refund": refund["id"],
        "type": "refund",
    }


def _credited(account: Account, invoice: Object, refund: str, new: list[Object]) -> int:
    linked = (*_entries(account, invoice), *new)
    return sum(entry["amount_refunded"] for entry in linked if entry["refund"] == refund)


def _entries(account: Account, invoice: Object) -> list[Object]:
    """Return the refunds of issued credit notes of the invoice."""
    notes = [account.objects[id] for id in invoice.get("_credit_notes", [])]
    return [entry for note in notes if note["status"] == "issued" for entry in note["refunds"]]


def charges_of(account: Account, invoice: Object) -> list[Object]:
    """Return the charges that have paid the invoice, oldest first."""
    payments = [account.objects[id] for id in invoice.get("_payments", [])]
    intents = [
        account.objects[payment["payment"]["payment_intent"]]
        for payment in payments
        if payment["status"] == "paid" and payment["payment"]["type"] == "payment_intent"
    ]
    return [account.objects[intent["latest_charge"]] for intent in intents]


def refunded_without_note(account: Account, invoice: Object) -> int:
    """Return what was refunded of the invoice's payments by the Refund API and has no credit note."""
    refunded = sum(charge["amount_refunded"] for charge in charges_of(account, invoice))
    noted = (
        entry["amount_refunded"]
        for entry in _entries(account, invoice)
        if account.objects[entry["refund"]]["status"] not in _WITHOUT_MONEY
    )
    return int(refunded - sum(noted))


def refundable_charge(account: Account, invoice: Object, amount: int) -> Object | None:
    """Return the charge to refund: the first with enough left; None if nothing is to be refunded."""
    if not amount:
        return None
    charges = charges_of(account, invoice)
    if not charges:
        raise InvalidRequest("This invoice has no charge that could be refunded.", param="refund_amount")
    left = (charge["amount_captured"] - charge["amount_refunded"] >= amount for charge in charges)
    charge = next((charge for charge, enough in zip(charges, left, strict=True) if enough), charges[-1])
    check_refund(charge, amount)
    return charge
