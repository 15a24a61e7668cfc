"""What findings call Stripe's objects."""

from integrations.provider_api import Json, Place
from integrations.providers.stripe.listings import labels


def of_any(_place: Place, stripe_object: Json) -> str:
    """By what the object has itself."""
    return labels.of_any(stripe_object)
