"""What an invoice refuses while a payment of it is pending, open or paid.

Source: Stripe docs, "Accept partial payments", invoice payment statuses. The message about a pending payment
is as reported by users of Stripe.
"""

from ...errors import InvalidRequest
from ...state.account import Account, Object
from .payments import payments_of


def is_pending(account: Account, invoice: Object) -> bool:
    """Return whether the money of a payment is on its way."""
    intents = (
        account.find("payment_intent", payment["payment"].get("payment_intent")) or {}
        for payment in payments_of(account, invoice)
        if payment["status"] == "open"
    )
    return any(intent.get("status") == "processing" for intent in intents)


def refuse_pending(account: Account, invoice: Object) -> None:
    """Refuse to pay, end or attach while the money of a payment is on its way."""
    if is_pending(account, invoice):
        raise InvalidRequest(
            "This invoice can't be modified while a payment on it is still pending. Wait for the payment to clear,"
            " then try again."
        )


def refuse_open(account: Account, invoice: Object, verb: str) -> None:
    """Refuse while a payment is open that was attached; the default payment ends with its invoice."""
    if any(
        payment["status"] == "open" and not payment["is_default"] for payment in payments_of(account, invoice)
    ):
        raise InvalidRequest(f"Invoices with `open` payments cannot be {verb}.")


def refuse_paid(account: Account, invoice: Object, verb: str) -> None:
    """Refuse once the invoice is paid, or a part of it."""
    paid = any(payment["status"] == "paid" for payment in payments_of(account, invoice))
    if paid or invoice["status"] == "paid":
        raise InvalidRequest(f"Invoices with `paid` payments cannot be {verb}.")


def refuse_revising(account: Account, id: str) -> None:
    """Refuse to edit an invoice that has a payment; Stripe edits an open one by a draft that replaces it."""
    invoice = account.get("invoice", id, "from_invoice[invoice]")
    refuse_paid(account, invoice, "revised")
    refuse_pending(account, invoice)
    refuse_open(account, invoice, "revised")


def refuse_part(invoice: Object, amount: int, param: str) -> None:
    """Refuse a part payment of a subscription's invoice that is charged automatically."""
    of_subscription = (invoice["parent"] or {}).get("type") == "subscription_details"
    automatic = invoice["collection_method"] == "charge_automatically"
    if of_subscription and automatic and amount < invoice["amount_remaining"]:
        raise InvalidRequest(
            "Partial payments aren't supported for subscription invoices that are charged automatically.",
            param=param,
        )
