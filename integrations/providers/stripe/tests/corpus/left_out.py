"""The columns here that no event of Stripe's fills, and why."""

# Of every row.
EVERYWHERE = {
    "id": "A row's own id.",
    "environment": "That of the connection.",
    "version": "How often the row was stored.",
    "created_at": "When the row was made.",
    "updated_at": "When the row was changed.",
    "changed_at": "When each of its fields was changed here.",
}
_OWN = "FlexSync's own; Stripe knows nothing of it."
_CALLER = "A caller's, for what began here."
_GATEWAY = "That it came from Stripe, and through which connection: the same for all."
_PAGE = "Of a page that FlexSync opened: the answer to its call has it."
_DERIVED = "Follows from the columns of its payments (billing/tests)."
_ORDER = "The place among its siblings, in Stripe's order."
_BALANCE = "No event carries it: a call reads it where an event shows another balance (tests/owed)."

LEFT_OUT = {
    "Customer.balances": _BALANCE,
    "Customer.connection_id": _OWN,
    "Plan.lookup_key": "A product has none.",
    "Price.currency_options": (
        "No event carries them (currency_options is expandable): a call reads them once the price is here"
        " (tests/test_prices_in_other_currencies.py)."
    ),
    "SubscriptionItem.position": _ORDER,
    "Invoice.connection_id": _GATEWAY,
    "Invoice.is_external": _GATEWAY,
    "Invoice.amount_refunded": _DERIVED,
    "Invoice.amount_disputed": _DERIVED,
    "InvoiceLineItem.position": _ORDER,
    "InvoiceLineItem.tax_percentage": "A line names its rates by their ids, and its tax may be the sum of several.",
    "Payment.gateway": _GATEWAY,
    "Payment.connection_id": _GATEWAY,
    "Payment.is_external": _GATEWAY,
    "Payment.checkout_url": _PAGE,
    "Payment.checkout_options": _CALLER,
    "Payment.checkout_expires_at": _PAGE,
    "Payment.asked_at": _OWN,
    "Payment.amount_is_fixed": _CALLER,
    "Payment.is_open_at_gateway": "Of what FlexSync itself asks for: no event is of a page that is open.",
    "Payment.off_session": _CALLER,
    "Payment.idempotency_key": _CALLER,
    "Refund.credit_note": _OWN,
    "Refund.note": _CALLER,
    "Refund.is_external": _GATEWAY,
    "Refund.idempotency_key": _CALLER,
    "Refund.started_by": _CALLER,
    "CreditNote.connection_id": _GATEWAY,
    "CreditNote.gateway": _GATEWAY,
    "CreditNote.is_external": _GATEWAY,
    "CreditNote.idempotency_key": _CALLER,
    "CreditNote.started_by": _CALLER,
    **dict.fromkeys(
        (
            "BalanceTransaction.amount",
            "BalanceTransaction.connection_id",
            "BalanceTransaction.credit_note",
            "BalanceTransaction.currency",
            "BalanceTransaction.customer",
            "BalanceTransaction.description",
            "BalanceTransaction.ending_balance",
            "BalanceTransaction.gateway",
            "BalanceTransaction.gateway_transaction_id",
            "BalanceTransaction.happened_at",
            "BalanceTransaction.invoice",
            "BalanceTransaction.position",
            "BalanceTransaction.type",
        ),
        _BALANCE,
    ),
}
# Models of billing's that nothing at Stripe stands for.
OWN_MODELS = {"ApiKey", "AuditEntry", "Environment", "IdempotentRequest", "InvoiceCounter"}
