"""What a provider does about money beside pushes: checkout pages, charges of saved methods, refunds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from integrations.provider_api.outbound import Outbound


@dataclass(frozen=True)
class HostedPage:
    """A page of the provider, opened for one customer: its URL, and the provider's id of the session."""

    session_id: str
    url: str


class OpenCheckout(Protocol):
    """Opens the page on which the customer pays the payment's amount, with its ``checkout_options``."""

    def __call__(
        self, outbound: Outbound, /, *, payment_id: str, success_url: str, cancel_url: str
    ) -> HostedPage: ...


@dataclass(frozen=True)
class Payments:
    """``open_checkout``: None where the provider has no such page.

    ``charges_saved_methods``: whether the push of a payment does what billing's off-session payments ask for.
    ``refund``: sends the refunds of the payment that no gateway has confirmed, None where it gives none.
    """

    open_checkout: OpenCheckout | None = None
    charges_saved_methods: bool = False
    refund: Callable[[Outbound], None] | None = None
