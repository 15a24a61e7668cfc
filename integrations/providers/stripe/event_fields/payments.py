"""Events of payments and of checkouts."""

from integrations.providers.stripe.event_fields.checkouts import SESSION
from integrations.providers.stripe.event_fields.records import Family, ObjectFields

INTENT = ObjectFields(
    "payment_intent",
    read={
        "status": "`status`; `requires_capture` is `processing`",
        "amount": "`amount`",
        "amount_received": "`amount`, once it has succeeded",
        "currency": "`currency`",
        "customer": "the customer; read from Stripe if its own event has not come",
        "customer_account": "without a customer: whether there is an account, whose invoice is looked for",
        "payment_details.order_reference": "the invoice, where it names one that is here; otherwise Stripe is asked",
        "latest_charge": "`gateway_charge_id`; `succeeded_at` and `method`, where it is expanded; otherwise the event's time; of several times that"
        " reports of one payment have, the first one counts",
        "payment_method": "the saved method that paid, and its kind where it is expanded",
        "payment_method_types": "`method`, where there is but one",
        "last_payment_error.code": "`failure_code`; `authentication_required` means `requires_action`",
        "last_payment_error.decline_code": "`failure_code`, rather than the former",
        "last_payment_error.message": "`failure_message`",
        "last_payment_error.payment_method": "`method`, where it failed",
        "next_action.type": "`next_action`: what the customer has to do",
        "next_action.redirect_to_url": "on which page",
        "metadata": "`metadata` of a payment that began at Stripe; FlexSync's own names find the one that began here, unless they were copied from it",
    },
    left_out={
        "an authorisation is no money yet": "amount_capturable capture_method amount_details hooks",
        "of Stripe's balance, which is not kept here": (
            "application application_fee_amount on_behalf_of transfer_data transfer_group managed_payments"
        ),
        "how it is confirmed": (
            "client_secret confirmation_method automatic_payment_methods payment_method_options setup_future_usage"
            " payment_method_configuration_details allowed_payment_method_types excluded_payment_method_types source"
        ),
        "a payment here has no such field": (
            "description receipt_email shipping statement_descriptor statement_descriptor_suffix presentment_details"
            " payment_record review processing cancellation_reason"
        ),
        "money is dated by its charge": "created canceled_at",
    },
    older={
        "invoice": "the invoice, before 2025-03-31",
        "last_payment_error.source.type": "`method`, where a source failed",
    },
)
METHOD = ObjectFields("payment_method", read={"type": "`method` of a payment that shows it whole"})
PAYMENTS = Family(
    "Payments and checkouts",
    {
        "payment_intent.succeeded": "the payment succeeded; records it, if it began at Stripe",
        "payment_intent.payment_failed": "the payment failed, or requires the customer",
        "payment_intent.processing": "a bank works on the payment",
        "payment_intent.requires_action": "the customer has to act",
        "payment_intent.canceled": "the payment is cancelled",
        "checkout.session.completed": "the payment succeeded, or a bank works on it",
        "checkout.session.expired": "the payment is cancelled",
        "checkout.session.async_payment_succeeded": "the payment succeeded",
        "checkout.session.async_payment_failed": "the payment failed",
    },
    (INTENT, SESSION, METHOD),
    switch="`payment_inbound_enabled` for a payment that began at Stripe and is for no invoice here"
    " (`keeps_guest_payments`, where it names no customer); always applied to others",
)
