"""Puts a gateway of a test's around each that the provider opens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from integrations.provider_api import Gateway, Json, registry
from integrations.providers.stripe.provider import PROVIDER


@contextmanager
def wrapped_gateways(wrap: Callable[[Gateway, Json], Gateway]) -> Iterator[None]:
    """Within the block; ``wrap`` is given the opened gateway and the credentials that opened it."""

    def opened(credentials: Json) -> Gateway:
        assert PROVIDER.open_gateway
        return wrap(PROVIDER.open_gateway(credentials), credentials)

    registry.add(replace(PROVIDER, open_gateway=opened))
    try:
        yield
    finally:
        registry.add(PROVIDER)
