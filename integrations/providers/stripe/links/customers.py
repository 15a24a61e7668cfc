"""A customer beside Stripe's."""

from integrations.provider_api import Comparison, Json, Linkable, Place
from integrations.providers.stripe.links.objects import compared, marks
from integrations.providers.stripe.merging.customers import CUSTOMER
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.customers import DEFAULT_METHOD


def _compare(place: Place, customer_id: str, stripe_customer: Json) -> Comparison:
    return compared(CUSTOMER, place, customer_id, stripe_customer, {})


CUSTOMERS = Linkable(
    CUSTOMER.retrieve,
    _compare,
    marks(metadata.CUSTOMER_ID),
    {"expand": list(CUSTOMER.expand)},
    taken=(DEFAULT_METHOD,),
)
