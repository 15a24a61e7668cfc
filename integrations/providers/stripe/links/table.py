"""Which kinds can be linked by hand. A credit note is issued once, and its link is never wrong."""

from collections.abc import Mapping

from billing.events import Kind
from integrations.provider_api import Linkable
from integrations.providers.stripe.links.catalog import PLANS, PRICES
from integrations.providers.stripe.links.customers import CUSTOMERS
from integrations.providers.stripe.links.invoices import INVOICES
from integrations.providers.stripe.links.payments import PAYMENTS
from integrations.providers.stripe.links.subscriptions import SUBSCRIPTIONS

LINKS: Mapping[Kind, Linkable] = {
    Kind.CUSTOMER: CUSTOMERS,
    Kind.PLAN: PLANS,
    Kind.PRICE: PRICES,
    Kind.SUBSCRIPTION: SUBSCRIPTIONS,
    Kind.INVOICE: INVOICES,
    Kind.PAYMENT: PAYMENTS,
}
