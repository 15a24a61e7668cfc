"""A customer beside Stripe's."""

from integrations.provider_api import Comparison, Json, Linkable
from integrations.providers.stripe.links.objects import Counterpart, marks, own
from integrations.providers.stripe.push import customers as push
from integrations.providers.stripe.push.last_known import LAST_KNOWN
from integrations.providers.stripe.translate import customers as translate
from integrations.providers.stripe.translate import metadata


def _compare(customer_id: str, stripe_customer: Json, _counterpart: Counterpart) -> Comparison:
    ours = push.params(customer_id)
    theirs = translate.current_params(stripe_customer)
    return Comparison(ours, theirs, own(ours), notes={LAST_KNOWN: theirs})


CUSTOMERS = Linkable("customers.retrieve", _compare, marks(metadata.CUSTOMER_ID))
