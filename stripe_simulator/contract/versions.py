"""The API versions that a webhook endpoint can have, as the SDK lists them."""

from functools import cache
from typing import Literal, get_args, get_origin

from stripe.params import WebhookEndpointCreateParams


@cache
def known_versions() -> frozenset[str]:
    """Return every version of Stripe's API that events can be rendered in."""
    hint = WebhookEndpointCreateParams.__annotations__["api_version"]
    return frozenset(_literals(hint))


def _literals(hint: object) -> list[str]:
    if get_origin(hint) is Literal:
        return [str(value) for value in get_args(hint)]
    return [value for inner in get_args(hint) for value in _literals(inner)]
