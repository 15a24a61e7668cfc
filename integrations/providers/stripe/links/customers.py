"""A customer beside Stripe's."""

from billing.models import Customer
from integrations.provider_api import Comparison, Json, Linkable
from integrations.providers.stripe.links.objects import Counterpart, compared, marks
from integrations.providers.stripe.merging.customers import CUSTOMER
from integrations.providers.stripe.translate import metadata


def _compare(customer_id: str, stripe_customer: Json, _counterpart: Counterpart) -> Comparison:
    customer = Customer.objects.get(pk=customer_id)
    return compared(CUSTOMER, (customer.environment_id, customer_id), stripe_customer, {})


CUSTOMERS = Linkable("customers.retrieve", _compare, marks(metadata.CUSTOMER_ID))
