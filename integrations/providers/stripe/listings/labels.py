"""What a person knows one of Stripe's objects by."""

from integrations.provider_api import Json
from integrations.providers.stripe.translate.fields import text_of

_NAMES = ("name", "email", "number", "nickname", "description")


def label(stripe_object: Json) -> str:
    """The first of its names that it has, "" for none."""
    return next(filter(None, (text_of(stripe_object, name) for name in _NAMES)), "")
