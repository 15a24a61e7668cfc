"""Stripe's lists, read whole: a hundred objects a call, the newest first (page "Pagination")."""

from collections.abc import Callable

from integrations.provider_api import Gateway, Json, Page
from integrations.providers.stripe.listings.pages import reading
from integrations.providers.stripe.translate import metadata


def whole(operation: str, **params: object) -> Callable[[Gateway, str], Page]:
    """Reads a page of that list."""
    read = reading(operation, None, params)
    return lambda gateway, cursor: read(gateway, cursor=cursor, since=None)


def is_of(environment_id: str, stripe_object: Json) -> bool:
    """Whether no other environment of FlexSync made it."""
    return metadata.of(stripe_object).get(metadata.ENVIRONMENT, environment_id) == environment_id
