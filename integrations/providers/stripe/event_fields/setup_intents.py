"""Events of saved payment methods."""

from integrations.providers.stripe.event_fields.records import Family, ObjectFields

SETUP_INTENT = ObjectFields(
    "setup_intent",
    read={
        "status": "whether the method was saved",
        "payment_method": "the customer's default payment method at this connection",
        "customer": "the customer",
        "metadata": "whether FlexSync asked for that default",
    },
    left_out={
        "methods are read from Stripe when they are asked for": (
            "payment_method_types payment_method_options payment_method_configuration_details allowed_payment_method_types"
            " excluded_payment_method_types automatic_payment_methods usage mandate single_use_mandate flow_directions"
        ),
        "what did not come about changes nothing here": "last_setup_error latest_attempt cancellation_reason next_action",
        "of a page that Stripe shows": "client_secret description",
        "of other accounts": "application attach_to_self on_behalf_of managed_payments",
        "the default has the time of its event": "created",
        "of Accounts v2: `customer` is what is linked": "customer_account",
    },
)
SETUP_INTENTS = Family(
    "Saved payment methods",
    {
        "setup_intent.succeeded": "makes the method the customer's default, where FlexSync asked for that",
        "setup_intent.setup_failed": "nothing: always ignored",
    },
    (SETUP_INTENT,),
    switch="always applied: FlexSync asked for it",
)
