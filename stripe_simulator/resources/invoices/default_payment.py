"""The PaymentIntent that Stripe makes for a finalized invoice. Source: Stripe docs, "Partial payments".

Observed in recordings of 2025-11 and later: its description, that the invoice's id is its order reference,
that it has the customer's email and the invoice's statement descriptor, and no automatic payment methods.
"""

from typing import Any

from ...state.account import Account, Object

_DESCRIPTIONS = {"manual": "Payment for Invoice", "subscription_create": "Subscription creation"}


def default_payment(account: Account, invoice: Object) -> dict[str, Any]:
    """Return the parameters of the PaymentIntent."""
    return {
        "amount": invoice["amount_due"],
        "automatic_payment_methods": None,
        "capture_method": "automatic",
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "description": _DESCRIPTIONS.get(invoice["billing_reason"], "Subscription update"),
        "payment_details": _reference(account, invoice),
        "receipt_email": invoice["customer_email"],
        "statement_descriptor": invoice["statement_descriptor"],
    }


def _reference(account: Account, invoice: Object) -> dict[str, Any] | None:
    """Return the invoice's id as order reference, or what the control API has set instead."""
    reference = account.behavior.order_reference.replace("{invoice}", invoice["id"])
    return {"order_reference": reference} if reference else None
