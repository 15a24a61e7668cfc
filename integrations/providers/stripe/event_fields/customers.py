"""Events of customers."""

from integrations.providers.stripe.event_fields.records import Family, ObjectFields

CUSTOMER = ObjectFields(
    "customer",
    read={
        "name": "`name`",
        "email": "`email`, up to 512 characters",
        "phone": "`phone`",
        "address.line1": "`address_line1`",
        "address.line2": "`address_line2`",
        "address.city": "`address_city`",
        "address.state": "`address_state`",
        "address.postal_code": "`address_postal_code`",
        "address.country": "`address_country`, where it is a code of ISO 3166-1",
        "currency": "`currency`, where it is known here",
        "preferred_locales": "`preferred_locale`: the first that is a language tag",
        "balance": "compared with `balances`; where it differs, the movements are read",
        "invoice_settings.default_payment_method": "the customer's default payment method at this connection",
        "metadata": "`metadata`; FlexSync's own names link the customer, `external_id` (up to 500 characters) becomes its own",
    },
    left_out={
        "a customer here has no such field": (
            "business_name individual_name description shipping invoice_prefix next_invoice_sequence test_clock"
        ),
        "taxes come with each invoice, as amounts": "tax tax_exempt",
        "Stripe leaves them out of these events; each has its own": "tax_ids",
        "each has events of its own, or comes with its invoice": "subscriptions discount",
        "superseded by `invoice_settings.default_payment_method`": "default_source sources",
        "says of another balance than that of invoices": "cash_balance invoice_credit_balance",
        "follows from the invoices here": "delinquent",
        "the row has a time of its own": "created",
        "of Accounts v2: `customer` is what is linked": "customer_account",
    },
)
TAX_ID = ObjectFields(
    "tax_id",
    read={
        "customer": "the customer",
        "type": "`tax_ids[].type`",
        "value": "`tax_ids[].value`",
    },
    left_out={
        "Stripe's own check of the value": "verification",
        "follows from the type or the value": "country",
        "of other owners than customers": "owner",
        "the customer has no such time": "created",
        "of Accounts v2: `customer` is what is linked": "customer_account",
    },
)
CUSTOMERS = Family(
    "Customers",
    {
        "customer.created": "creates the customer, or links the one that its metadata or `external_id` names",
        "customer.updated": "updates the customer; creates it if it is not here",
        "customer.deleted": "takes over its last values, and archives it",
        "customer.tax_id.created": "adds the tax id to the customer's `tax_ids`",
        "customer.tax_id.deleted": "takes the tax id away from the customer, where FlexSync had it from Stripe or sent it",
    },
    (CUSTOMER, TAX_ID),
)
