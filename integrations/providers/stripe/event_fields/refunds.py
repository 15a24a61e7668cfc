"""Events of refunds and disputes."""

from integrations.providers.stripe.event_fields.records import Family, ObjectFields

WHOLE = "the payment, where it has no PaymentIntent"
CHARGE = ObjectFields(
    "charge",
    read={
        "payment_intent": "the payment",
        "amount_refunded": "the least that the payment's `amount_refunded` is; more than the payment is dead",
        "currency": "must be the payment's: another one is dead",
        "status": "of a PaymentIntent's charge: whether it succeeded",
        "created": "of a PaymentIntent's charge: `succeeded_at` of the payment",
        "payment_method_details.type": "of a PaymentIntent's charge: `method` of the payment",
    },
    left_out={
        "the PaymentIntent's own events say it": (
            "amount amount_captured captured customer description failure_code failure_message metadata paid"
            " payment_method receipt_email shipping statement_descriptor statement_descriptor_suffix"
            " calculated_statement_descriptor source presentment_details authorization_code"
        ),
        "each refund and dispute has events of its own": "refunded refunds disputed",
        "of Stripe's balance, which is not kept here": (
            "balance_transaction failure_balance_transaction application application_fee application_fee_amount"
            " on_behalf_of source_transfer transfer transfer_data transfer_group"
        ),
        "Stripe's own check of the payment": "fraud_details outcome radar_options review level3",
        "of a page that Stripe shows": "receipt_number receipt_url billing_details",
    },
)
REFUND = ObjectFields(
    "refund",
    read={
        "payment_intent": "the payment",
        "charge": WHOLE,
        "amount": "`amount`; more than the payment is dead",
        "currency": "must be the payment's: another one is dead",
        "status": "`status`; `requires_action` is `pending`",
        "created": "`settled_at`, once it has succeeded; the event's time where that changed later, or it failed",
        "reason": "`reason`",
        "failure_reason": "`failure_reason`",
        "metadata": "FlexSync's own names find the refund that began here",
    },
    left_out={
        "of Stripe's balance, which is not kept here": (
            "balance_transaction failure_balance_transaction source_transfer_reversal transfer_reversal"
        ),
        "of how it reaches the customer": (
            "destination_details instructions_email next_action pending_reason receipt_number payment_method"
            " presentment_details description"
        ),
        "its payment has the customer": "customer customer_account",
    },
)
DISPUTE = ObjectFields(
    "dispute",
    read={
        "payment_intent": "the payment",
        "charge": WHOLE,
        "amount": "`amount`",
        "currency": "`currency`",
        "status": "`status`, which decides whether the payment's money is away; it only moves forward",
        "reason": "`reason`",
        "balance_transactions": "`amount_of_payment`, if the dispute is in another currency",
        "created": "`opened_at`; `closed_at` is the time of the event that closed it",
        "evidence_details.due_by": "`respond_by`",
    },
    left_out={
        "it is answered at Stripe": (
            "evidence enhanced_eligibility_types intended_submission_method is_charge_refundable network_reason_code"
            " payment_method_details"
        ),
        "a dispute here has no such field": "metadata",
    },
)
ENTRY = ObjectFields(
    "balance_transaction",
    read={
        "amount": "of a dispute's `balance_transactions`: what was withdrawn (`amount_of_payment`)",
        "currency": "in which currency",
    },
    left_out={
        "of Stripe's balance, which is not kept here": (
            "available_on balance_type created description exchange_rate fee fee_details net reporting_category source"
            " status type"
        ),
    },
)
REFUNDS = Family(
    "Refunds and disputes",
    {
        "charge.refunded": "raises the payment's `amount_refunded` to the charge's",
        "refund.created": "records the refund, or links the one that began here",
        "refund.updated": "updates the refund",
        "refund.failed": "the refund counts no more",
        "charge.refund.updated": "as `refund.updated`",
        "charge.dispute.created": "records the dispute; the payment's `amount_disputed` follows",
        "charge.dispute.updated": "updates the dispute",
        "charge.dispute.funds_withdrawn": "updates the dispute",
        "charge.dispute.funds_reinstated": "updates the dispute",
        "charge.dispute.closed": "updates the dispute; `amount_disputed` is 0 again if it was won",
    },
    (CHARGE, REFUND, DISPUTE, ENTRY),
    switch="always applied to a payment that is here",
)
