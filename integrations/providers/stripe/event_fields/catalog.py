"""Events of products and prices."""

from integrations.providers.stripe.event_fields.records import Family, ObjectFields

PRODUCT = ObjectFields(
    "product",
    read={
        "name": "`name` of the plan",
        "description": "`description`",
        "active": "whether the plan is archived",
        "metadata": "`metadata`; FlexSync's own names link the plan",
    },
    left_out={
        "of shops that ship goods": "shippable package_dimensions",
        "of pages that Stripe shows": "images marketing_features url unit_label statement_descriptor",
        "taxes come with each invoice, as amounts": "tax_code tax_details",
        "each price has events of its own": "default_price",
        "the row has times of its own": "created updated",
        "every product is a plan": "type",
    },
)
PRICE = ObjectFields(
    "price",
    read={
        "product": "the plan; it is created if its own event has not come",
        "currency": "`currency`",
        "unit_amount_decimal": "`unit_amount`, with 15 decimals",
        "unit_amount": "the same, where the former is null",
        "billing_scheme": "whether it is `tiered`",
        "tiers_mode": "`tier_mode`",
        "tiers.up_to": "`up_to` of a tier",
        "tiers.unit_amount_decimal": "`unit_amount` of a tier",
        "tiers.unit_amount": "the same, where the former is null",
        "tiers.flat_amount_decimal": "`flat_amount` of a tier",
        "tiers.flat_amount": "the same, where the former is null",
        "recurring.interval": "`billing_period`; none: `ONETIME`",
        "recurring.interval_count": "`billing_period_count`; 3 months are `QUARTERLY`, 6 `HALF_YEARLY`",
        "recurring.usage_type": "`usage_type`",
        "transform_quantity.divide_by": "`package_size`",
        "transform_quantity.round": "`package_rounding`",
        "currency_options": "`currency_options`; no event carries them, so they are read once the event is applied",
        "nickname": "`description`",
        "lookup_key": "`lookup_key`, up to 255 characters",
        "active": "whether the price is archived",
        "metadata": "`metadata`; FlexSync's own names link the price",
    },
    left_out={
        "a price whose customers choose the amount has none, and is ignored": "custom_unit_amount",
        "follows from `recurring`": "type",
        "taxes come with each invoice, as amounts": "tax_behavior",
        "the row has a time of its own": "created",
    },
)
CATALOG = Family(
    "Products and prices",
    {
        "product.created": "creates the plan, or links the one that its metadata names",
        "product.updated": "updates the plan; creates it if it is not here",
        "product.deleted": "archives the plan",
        "price.created": "creates the price, or links the one that its metadata names",
        "price.updated": "updates what can change of a price; creates it if it is not here",
        "price.deleted": "archives the price",
    },
    (PRODUCT, PRICE),
)
