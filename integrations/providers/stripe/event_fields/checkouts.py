"""What is read of Checkout Sessions: only those count that FlexSync opened."""

from integrations.providers.stripe.event_fields.records import ObjectFields

SESSION = ObjectFields(
    "checkout.session",
    read={
        "metadata": "FlexSync's own names find the payment; a session without, or with copied ones, is ignored",
        "mode": "whether it is for a payment",
        "status": "whether the page is open, and `cancelled` for an expired one",
        "payment_status": "`status`: only `paid` and `no_payment_required` are money",
        "payment_intent": "the PaymentIntent of the payment",
        "customer": "the customer",
        "amount_total": "`amount`; what a promotion code took off is credited",
        "currency": "how many decimals the amount has",
    },
    left_out={
        "how the page looks, and what it asks": (
            "adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types automatic_tax"
            " billing_address_collection branding_settings cancel_url consent consent_collection custom_fields custom_text"
            " customer_creation excluded_payment_method_types locale managed_payments name_collection optional_items"
            " origin_context payment_method_collection payment_method_configuration_details payment_method_options"
            " payment_method_types permissions phone_number_collection redirect_on_completion return_url"
            " saved_payment_method_options shipping_address_collection shipping_options submit_type success_url"
            " tax_id_collection ui_mode url wallet_options client_secret expires_at"
        ),
        "what the customer entered reaches the customer at Stripe, which has events of its own": (
            "collected_information customer_details customer_email"
        ),
        "FlexSync opened it, and knows": (
            "client_reference_id integration_identifier invoice invoice_creation line_items payment_link recovered_from"
            " setup_intent subscription"
        ),
        "part of `amount_total`": "amount_subtotal discounts shipping_cost total_details currency_conversion",
        "`currency` is what counts": "presentment_details",
        "the payment has a time of its own": "created",
        "of Accounts v2: `customer` is what is linked": "customer_account",
    },
)
