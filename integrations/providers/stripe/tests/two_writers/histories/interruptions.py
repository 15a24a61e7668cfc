"""What happens while FlexSync calls Stripe: before Stripe has the call, or before FlexSync has the answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from integrations.provider_api import Gateway, Json, Provider, registry
from integrations.providers.stripe.provider import PROVIDER

Act = Callable[[], None]


class Watcher(Protocol):
    """Hears of each call of FlexSync's."""

    def begins(self, operation: str, target: str, params: Json, key: str) -> None:
        """The call is about to be made under the key."""

    def ends(self, operation: str, target: str, answer: Json | None) -> None:
        """It was answered, or not."""


class WatchedGateway:
    """A gateway that tells the watcher."""

    def __init__(self, gateway: Gateway, watcher: Watcher) -> None:
        self._gateway, self._watcher = gateway, watcher

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Makes the call between the two."""
        self._watcher.begins(operation, target or "", params, key)
        try:
            answer = self._gateway.call(operation, params, target=target, key=key)
        except Exception:
            self._watcher.ends(operation, target or "", None)
            raise
        self._watcher.ends(operation, target or "", answer)
        return answer

    def account(self) -> Any:
        """Passes the call on."""
        return self._gateway.account()


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Within the block, the watcher hears of each call."""

    def opened(credentials: Json) -> Gateway:
        assert PROVIDER.open_gateway
        return WatchedGateway(PROVIDER.open_gateway(credentials), watcher)

    hooked: Provider = replace(PROVIDER, open_gateway=opened)
    registry.add(hooked)
    try:
        yield
    finally:
        registry.add(PROVIDER)
