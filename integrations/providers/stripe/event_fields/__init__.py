"""What each event does, and which fields are read of it: docs/events.md is made of these tables."""

from integrations.providers.stripe.event_fields.catalog import CATALOG
from integrations.providers.stripe.event_fields.credit_notes import CREDIT_NOTES
from integrations.providers.stripe.event_fields.customers import CUSTOMERS
from integrations.providers.stripe.event_fields.invoices import INVOICES
from integrations.providers.stripe.event_fields.payments import PAYMENTS
from integrations.providers.stripe.event_fields.refunds import REFUNDS
from integrations.providers.stripe.event_fields.setup_intents import SETUP_INTENTS
from integrations.providers.stripe.event_fields.subscriptions import SUBSCRIPTIONS

FAMILIES = (
    CUSTOMERS,
    CATALOG,
    SUBSCRIPTIONS,
    INVOICES,
    CREDIT_NOTES,
    PAYMENTS,
    REFUNDS,
    SETUP_INTENTS,
)
