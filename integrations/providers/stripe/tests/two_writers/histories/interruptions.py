"""What happens while FlexSync calls Stripe: before Stripe has the call, or before FlexSync has the answer."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from integrations.provider_api import Gateway, Json
from integrations.providers.stripe.tests.gateways import wrapped_gateways

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


def watched(watcher: Watcher) -> AbstractContextManager[None]:
    """Within the block, the watcher hears of each call."""
    return wrapped_gateways(lambda gateway, _credentials: WatchedGateway(gateway, watcher))
