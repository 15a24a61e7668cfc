"""What in Stripe's customers and products says which row they are."""

from integrations.provider_api import Clues, Json
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.fields import text_of


def of_customer(customer: Json) -> Clues:
    """FlexSync's ids and the integrator's in its metadata, and its e-mail address."""
    known = metadata.of(customer)
    return Clues(
        environment_id=known.get(metadata.ENVIRONMENT, ""),
        entity_id=known.get(metadata.CUSTOMER_ID, ""),
        external_id=known.get(metadata.EXTERNAL_ID, ""),
        email=text_of(customer, "email").strip().lower(),
    )


def of_product(product: Json) -> Clues:
    """FlexSync's id in its metadata, the lookup key that FlexSync writes there, and its name."""
    known = metadata.of(product)
    return Clues(
        environment_id=known.get(metadata.ENVIRONMENT, ""),
        entity_id=known.get(metadata.PLAN_ID, ""),
        lookup_key=known.get("lookup_key", ""),
        name=text_of(product, "name").strip(),
    )
