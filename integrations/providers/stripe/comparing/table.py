"""Which of Stripe's lists are compared, in the order in which their objects depend on each other."""

from integrations.provider_api import Comparable
from integrations.providers.stripe.comparing.catalog import PLANS, PRICES
from integrations.providers.stripe.comparing.credit_notes import CREDIT_NOTES
from integrations.providers.stripe.comparing.customers import CUSTOMERS
from integrations.providers.stripe.comparing.invoices import INVOICES
from integrations.providers.stripe.comparing.payments import PAYMENTS
from integrations.providers.stripe.comparing.subscriptions import SUBSCRIPTIONS

COMPARABLES: tuple[Comparable, ...] = (
    PLANS, PRICES, CUSTOMERS, SUBSCRIPTIONS, INVOICES, PAYMENTS, CREDIT_NOTES,
)  # fmt: skip
