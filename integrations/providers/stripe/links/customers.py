"""A customer beside Stripe's."""

from dataclasses import replace

from billing.models import Customer
from billing.services.customers import customers
from billing.services.find import find
from integrations.provider_api import Comparison, Json, Linkable, Place
from integrations.providers.stripe.links.objects import compared, marks
from integrations.providers.stripe.merging.customers import CUSTOMER
from integrations.providers.stripe.push import tax_ids
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate import tax_ids as translate
from integrations.providers.stripe.translate.customers import DEFAULT_METHOD


def _compare(place: Place, customer_id: str, stripe_customer: Json) -> Comparison:
    customer = find(Customer, place.environment_id, [customer_id])[customer_id]
    here = [translate.name(tax_id) for tax_id in customers.facts(customer).tax_ids]
    return replace(
        compared(CUSTOMER, place, customer_id, stripe_customer, {}),
        notes=tax_ids.shared(stripe_customer, customer),
        shown={"tax_ids": (sorted(here), sorted(translate.ids(stripe_customer)))},
    )


CUSTOMERS = Linkable(
    CUSTOMER.retrieve,
    _compare,
    marks(metadata.CUSTOMER_ID),
    tax_ids.EXPANDED,
    taken=(DEFAULT_METHOD,),
)
