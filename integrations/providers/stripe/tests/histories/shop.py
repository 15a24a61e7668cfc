"""One Stripe account, in which each act is one call about objects that earlier acts made."""

from typing import Any

import stripe as sdk

from integrations.providers.stripe.version import API_VERSION
from stripe_simulator.testing import SimulatorServer

CARD = "pm_card_visa"
# Parameters for what lists leave out by default.
WHOLE: dict[str, dict[str, Any]] = {
    "subscriptions": {"status": "all"},
    "payment_intents": {"expand": ["data.latest_charge"]},
}


class Shop:
    """A separate account, and the ids of what is in it by resource, oldest first."""

    def __init__(self, simulator: SimulatorServer, label: str) -> None:
        self._simulator = simulator
        self.key = f"sk_test_{label}"
        self.client = sdk.StripeClient(
            f"{self.key}_person", base_addresses={"api": simulator.base_url}, stripe_version=API_VERSION
        )
        self._ids: dict[str, list[str]] = {}

    def has(self, resource: str, many: int = 1) -> bool:
        """Whether there are at least ``many``."""
        return len(self._ids.get(resource, [])) >= many

    def pick(self, resource: str, number: int) -> str:
        """One of the ids."""
        ids = self._ids[resource]
        return ids[number % len(ids)]

    def make(self, resource: str, params: dict[str, Any]) -> None:
        """Creates an object."""
        made = getattr(self.client.v1, resource).create(params)
        self._ids.setdefault(resource, []).append(made.id)

    def attempt(self, resource: str, params: dict[str, Any]) -> None:
        """Creates an object, unless Stripe refuses it."""
        try:
            self.make(resource, params)
        except (sdk.InvalidRequestError, sdk.CardError):
            return

    def change(self, resource: str, number: int, params: dict[str, Any], call: str = "update") -> None:
        """Changes an object, unless Stripe refuses it."""
        try:
            getattr(getattr(self.client.v1, resource), call)(self.pick(resource, number), params)
        except (sdk.InvalidRequestError, sdk.CardError):
            return

    def remove(self, resource: str, number: int) -> None:
        """Deletes an object and forgets its id."""
        gone = self.pick(resource, number)
        getattr(self.client.v1, resource).delete(gone)
        self._ids[resource].remove(gone)

    def vanish(self, gone: str) -> None:
        """Stripe forgets an object without an event, and so does the shop its id."""
        self._simulator.forget(gone)
        for ids in self._ids.values():
            if gone in ids:
                ids.remove(gone)

    def wait(self, seconds: int) -> None:
        """Lets time pass; with 0 the next act happens in the same second."""
        if seconds:
            self._simulator.advance_clock(seconds)

    def events(self) -> list[dict[str, Any]]:
        """All events, oldest first, as plain JSON: making SDK objects takes longer than fetching them."""
        found: list[dict[str, Any]] = []
        is_more = True
        while is_more:
            after = {"starting_after": found[-1]["id"]} if found else {}
            page = self.client.raw_request("get", "/v1/events", limit=100, **after).data
            found += page["data"]
            is_more = page["has_more"]
        return found[::-1]

    def objects(self, resource: str) -> list[Any]:
        """All objects of a resource as they are now."""
        params = {"limit": 100, **WHOLE.get(resource, {})}
        return list(getattr(self.client.v1, resource).list(params).auto_paging_iter())
