"""setup_intent.*: a saved payment method becomes the customer's default when FlexSync asked for that."""

from billing.events import Kind
from billing.services.customers import default_methods
from integrations.errors import Retry
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers.events import object_of
from integrations.providers.stripe.handlers.waiting import RETRY_SECONDS
from integrations.providers.stripe.translate import metadata, statuses
from integrations.providers.stripe.translate.fields import read_id, read_member
from integrations.providers.stripe.translate.status_words import in_words

NOT_DEFAULT = Ignored("The method was saved, but was not meant to become the customer's default.")


def succeeded(inbound: Inbound, event: Json) -> Ignored | None:
    """setup_intent.succeeded: announced as a change made here, so that Stripe's customer gets it too."""
    intent = object_of(event)
    method, customer = read_id(intent, "payment_method"), read_id(intent, "customer")
    if not read_member(intent, "status", statuses.SETUP_INTENT):
        return Ignored(f"The setup is {in_words(intent['status'])}: nothing was saved.")
    if metadata.of(intent).get(metadata.SET_DEFAULT) != "true" or not method or not customer:
        return NOT_DEFAULT
    customer_id = inbound.entity_id_of(Kind.CUSTOMER, customer)
    if customer_id is None:
        raise Retry(f"Waits for the customer {customer} to arrive.", after=RETRY_SECONDS)
    default_methods.choose(
        environment_id=inbound.environment_id,
        customer_id=customer_id,
        connection_id=inbound.connection_id,
        method=method,
        at=inbound.created,
    )
    return None
