"""Payment methods that a provider keeps for a customer, and what can be done with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from integrations.provider_api.gateway import Gateway, Json
from integrations.provider_api.payments import HostedPage

# The failure code of a payment that was cancelled because the provider does not know the named method.
METHOD_REFUSED = "payment_method_refused"

# What the idempotency keys of calls begin with that no push records, because a person waits for each.
CHOICE_KEY = "flexsync-wallet-"


@dataclass(frozen=True)
class SavedMethod:
    """A payment method that the provider keeps for a customer: never more of it than what a receipt shows."""

    id: str
    type: str
    brand: str = ""
    last4: str = ""
    expires: str = ""
    is_default: bool = False


class ChangeMethod(Protocol):
    """Does something with one saved method of ``customer`` (the provider's id), under idempotency ``key``."""

    def __call__(self, gateway: Gateway, /, *, customer: str, method_id: str, key: str) -> None: ...


class ChooseDefault(Protocol):
    """As ChangeMethod; returns the provider's customer as it is then."""

    def __call__(self, gateway: Gateway, /, *, customer: str, method_id: str, key: str) -> Json: ...


class OpenSetup(Protocol):
    """Opens the page on which a customer (``customer`` there, ``customer_id`` here) saves a method."""

    def __call__(
        self,
        gateway: Gateway,
        /,
        *,
        customer: str,
        customer_id: str,
        success_url: str,
        cancel_url: str,
        currency: str,
        make_default: bool,
        key: str,
    ) -> HostedPage: ...


class OpenPortal(Protocol):
    """Opens the page on which the customer sees invoices and looks after saved methods; returns its URL."""

    def __call__(self, gateway: Gateway, /, *, customer: str, return_url: str, key: str) -> str: ...


@dataclass(frozen=True)
class PaymentMethods:
    """What a provider can do with a customer's saved methods, each while a person waits.

    All raise Retry or Rejected. ``saved``(gateway, the provider's id of the customer) -> the saved methods,
    the newest first. ``default_field``: where Mergeable has the customer's default.
    """

    saved: Callable[[Gateway, str], Sequence[SavedMethod]]
    choose_default: ChooseDefault
    remove: ChangeMethod
    open_setup: OpenSetup
    open_portal: OpenPortal
    default_field: str = ""
