"""What is read of invoices, their lines and payments."""

from integrations.providers.stripe.event_fields.records import ObjectFields

INVOICE = ObjectFields(
    "invoice",
    read={
        "customer": "the customer; read from Stripe if its own event has not come",
        "status": "`status`: `open` and `paid` are `finalized`",
        "status_transitions.finalized_at": "`finalized_at`",
        "status_transitions.paid_at": "`succeeded_at` of payments that have no time of their own",
        "status_transitions.voided_at": "`voided_at`",
        "status_transitions.marked_uncollectible_at": "that it is uncollectible still, once it is paid",
        "currency": "`currency`",
        "number": "`number`",
        "description": "`description`, merged",
        "footer": "`footer`, merged",
        "collection_method": "`collection_method`",
        "due_date": "`due_date`, merged, but for an invoice that was overdue here when FlexSync sent it",
        "period_start": "`period_start`",
        "period_end": "`period_end`",
        "lines": "`lines`; those beyond the first page are read from Stripe",
        "shipping_cost.amount_subtotal": "whether there is a line for shipping",
        "shipping_cost.amount_total": "`amount` and `unit_amount` of that line, less its tax",
        "shipping_cost.amount_tax": "`tax` of that line",
        "total": "`total`: the lines must add up to it, except that taxes may be rounded once for the whole invoice; then the"
        " `tax` of the last taxed lines differs by the smallest amount each",
        "amount_due": "`balance_applied`: what the total lacks besides credit notes",
        "pre_payment_credit_notes_amount": "`credited`; where it differs, the credit notes are read",
        "starting_balance": "whether it moved the customer's balance, whose movements are then read",
        "ending_balance": "the same",
        "amount_paid": "a placeholder payment, until all payments are named",
        "amount_paid_off_stripe": "a payment `out_of_band`; read from Stripe, no event has it",
        "payments": "the payments that paid it, where Stripe sends them",
        "parent.subscription_details.subscription": "`subscription_id`",
        "auto_advance": "whether Stripe collects it",
        "attempted": "whether a payment is on its way",
        "attempt_count": "`attempt_count`",
        "next_payment_attempt": "`next_attempt_at`",
        "last_finalization_error.code": "`failure_code` of a draft",
        "last_finalization_error.message": "`failure_message` of a draft",
        "hosted_invoice_url": "`hosted_invoice_url`",
        "invoice_pdf": "`pdf_url`",
        "metadata": "`metadata`, merged by key; FlexSync's own names tell that it was made here, or is a copy",
    },
    left_out={
        "the sum of its lines, or follows from what is read": (
            "subtotal subtotal_excluding_tax total_excluding_tax total_discount_amounts total_pretax_credit_amounts"
            " total_taxes amount_shipping amount_remaining amount_overpaid post_payment_credit_notes_amount"
        ),
        "each line has its discounts and taxes, as amounts": "discounts default_tax_rates automatic_tax",
        "a copy of what the customer was": (
            "customer_address customer_email customer_name customer_phone customer_shipping customer_tax_exempt"
            " customer_tax_ids shipping_details"
        ),
        "a copy of what the account was": "account_country account_name account_tax_ids issuer",
        "of the page and the PDF that Stripe makes": (
            "custom_fields rendering receipt_number statement_descriptor confirmation_secret effective_at"
        ),
        "Stripe collects it": (
            "payment_settings default_payment_method default_source application on_behalf_of automatically_finalizes_at"
        ),
        "an invoice here has no such field": (
            "billing_reason threshold_reason from_invoice latest_revision status_details test_clock webhooks_delivered_at"
        ),
        "the row has a time of its own": "created",
        "of Accounts v2: `customer` is what is linked": "customer_account",
    },
)
LINE = ObjectFields(
    "line_item",
    read={
        "description": "`description`",
        "quantity": "`quantity`",
        "quantity_decimal": "the same, and more exactly",
        "pricing.unit_amount_decimal": "`unit_amount`, where it agrees with the amount",
        "pricing.price_details.price": "`price_id`, where that price is here",
        "amount": "`amount`, without the taxes that it includes",
        "discount_amounts.amount": "`discount`",
        "pretax_credit_amounts.type": "whether it is a credit that applies before tax",
        "pretax_credit_amounts.amount": "`discount`, for such a credit",
        "taxes.amount": "`tax`",
        "taxes.tax_behavior": "whether the amount includes it",
        "period.start": "`period_start`",
        "period.end": "`period_end`",
        "metadata": "`metadata`",
    },
    left_out={
        "it is carried by its invoice, in that currency": "invoice currency subscription parent",
        "follows from what is read": "subtotal discountable discounts",
    },
)
INVOICE_PAYMENT = ObjectFields(
    "invoice_payment",
    read={
        "status": "whether the money came",
        "invoice": "the invoice",
        "payment.payment_intent": "the payment",
        "payment.charge": "the payment, where it has no PaymentIntent",
        "payment.payment_record": "the payment, where it was made off Stripe",
        "amount_paid": "how much the invoice got of it",
        "currency": "how many decimals the amount has",
        "status_transitions.paid_at": "`succeeded_at`",
    },
    left_out={
        "what was asked for is no money yet": "amount_requested",
        "it says nothing of the money": "is_default created",
    },
)
