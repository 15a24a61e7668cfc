"""Attributes that Stripe leaves out instead of sending null, and one that it sends as null.

Sources: Stripe's OpenAPI specification (an attribute that is neither required nor nullable is absent when
there is nothing to say), and recorded responses.
"""

from typing import Any

Object = dict[str, Any]

_LEFT_OUT = {
    "credit_note_line_item": ("invoice_line_item",),
    "invoice": ("threshold_reason",),
    "line_item": ("subscription",),
    "subscription_item": ("billed_until",),
}
# Kinds that belong to a customer, which may be an Account instead. Source: Stripe docs, "Accounts v2".
WITH_CUSTOMER_ACCOUNT = frozenset({
    "billing_portal.session", "checkout.session", "credit_note", "customer", "customer_balance_transaction",
    "discount", "invoice", "invoiceitem", "payment_intent", "payment_method", "promotion_code", "refund",
    "setup_intent", "subscription", "tax_id",
})  # fmt: skip


def settle_presence(shown: Object) -> None:
    """Remove the attributes that are left out when null, and add `customer_account`."""
    kind = shown["object"]
    for name in _LEFT_OUT.get(kind, ()):
        if shown.get(name) is None:
            shown.pop(name, None)
    if kind in WITH_CUSTOMER_ACCOUNT:
        shown.setdefault("customer_account", None)
