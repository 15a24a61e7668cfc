"""Events of subscriptions."""

from integrations.providers.stripe.event_fields.records import Family, ObjectFields

SUBSCRIPTION = ObjectFields(
    "subscription",
    read={
        "customer": "the customer; read from Stripe if its own event has not come",
        "status": "`status`; `incomplete_expired` and `canceled` are `cancelled`",
        "pause_collection.behavior": "`status` `paused`, whichever the behavior",
        "currency": "`currency`",
        "collection_method": "`collection_method`",
        "days_until_due": "`days_until_due`, where its invoices are sent",
        "start_date": "`start_at`",
        "billing_cycle_anchor": "`billing_anchor`",
        "trial_start": "`trial_start`",
        "trial_end": "`trial_end`",
        "cancel_at": "`cancel_at`",
        "cancel_at_period_end": "`cancel_at_period_end`",
        "ended_at": "`cancelled_at`, once it has ended",
        "canceled_at": "the same, where the former is null",
        "items": "`items`; those beyond the first page are read from Stripe",
        "metadata": "`metadata`; FlexSync's own names link the subscription",
    },
    left_out={
        "each invoice says who is charged for it, and how": (
            "default_payment_method default_source payment_settings on_behalf_of"
            " transfer_data application application_fee_percent invoice_settings managed_payments"
        ),
        "each invoice has its own discounts and taxes, as amounts": "discounts default_tax_rates automatic_tax",
        "Stripe makes the invoices that follow from it, which have events of their own": (
            "billing_thresholds pending_invoice_item_interval next_pending_invoice_item_invoice latest_invoice"
            " billing_mode billing_cycle_anchor_config billing_schedules presentment_details"
        ),
        "what may become of it comes when it does": "pending_update pending_setup_intent schedule trial_settings",
        "a subscription here has no such field": "description cancellation_details status_details test_clock",
        "the row has a time of its own": "created",
        "of Accounts v2: `customer` is what is linked": "customer_account",
    },
)
ITEM = ObjectFields(
    "subscription_item",
    read={
        "price": "the price, as in the event of a price; it is created if it is not here",
        "quantity": "`quantity`",
        "quantity_decimal": "the same, and more exactly",
        "current_period_start": "`current_period_start`",
        "current_period_end": "`current_period_end`",
        "metadata": "`metadata`",
    },
    left_out={
        "each invoice has its own discounts and taxes, as amounts": "discounts tax_rates",
        "superseded by `price`": "plan",
        "Stripe makes the invoices that follow from it": "billing_thresholds billed_until current_trial",
        "it is carried by its subscription": "subscription created",
    },
)
SUBSCRIPTIONS = Family(
    "Subscriptions",
    {
        "customer.subscription.created": "creates the subscription, or links the one that its metadata names",
        "customer.subscription.updated": "updates the subscription; creates it if it is not here",
        "customer.subscription.deleted": "cancels the subscription",
        "customer.subscription.paused": "as an update",
        "customer.subscription.resumed": "as an update",
        "customer.subscription.trial_will_end": "as an update",
    },
    (SUBSCRIPTION, ITEM),
)
