"""Events of credit notes."""

from integrations.providers.stripe.event_fields.records import Family, ObjectFields

CREDIT_NOTE = ObjectFields(
    "credit_note",
    read={
        "invoice": "the invoice; the event waits for it",
        "customer": "whose balance is read, where the credit note went there",
        "status": "`status`",
        "currency": "how many decimals the amounts have",
        "amount": "`amount`",
        "pre_payment_amount": "`before_payment`",
        "refunds.amount_refunded": "`refunded`",
        "out_of_band_amount": "`out_of_band`; the rest is `to_balance`",
        "effective_at": "`issued_at`",
        "created": "the same, where the former is null",
        "voided_at": "`voided_at`",
        "number": "`number`",
        "reason": "`reason`",
        "memo": "`memo`",
        "pdf": "`pdf_url`",
        "lines": "`lines`; those beyond the first page are read from Stripe",
        "metadata": "`metadata`; FlexSync's own names find the one that was issued here",
    },
    left_out={
        "follows from what is read": (
            "post_payment_amount subtotal subtotal_excluding_tax total total_excluding_tax total_taxes discount_amount"
            " discount_amounts pretax_credit_amounts amount_shipping shipping_cost type"
        ),
        "the customer's balance has its movements": "customer_balance_transaction",
        "of Accounts v2: `customer` is what is linked": "customer_account",
    },
)
LINE = ObjectFields(
    "credit_note_line_item",
    read={
        "description": "`description`",
        "quantity": "`quantity`",
        "quantity_decimal": "the same, and more exactly",
        "unit_amount_decimal": "`unit_amount`",
        "unit_amount": "the same, where the former is null",
        "amount": "`amount`, with the taxes that come on top and without the discount",
        "discount_amount": "what is taken off it",
        "taxes.amount": "what comes on top",
        "taxes.tax_behavior": "whether it does",
    },
    left_out={
        "follows from what is read": "discount_amounts pretax_credit_amounts tax_rates type",
        "a line of a credit note here has no such field": "metadata",
        "only FlexSync's own say which line they credit": "invoice_line_item",
    },
)
CREDIT_NOTES = Family(
    "Credit notes",
    {
        "credit_note.created": "records the credit note, or links the one that was issued here; the invoice follows",
        "credit_note.updated": "updates the credit note",
        "credit_note.voided": "voids the credit note, for good",
    },
    (CREDIT_NOTE, LINE),
    switch="always applied to an invoice that is here",
)
