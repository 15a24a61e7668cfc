"""What a provider does about money beside pushes: checkout pages, charges of saved methods, refunds."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from integrations.provider_api.gateway import Json
from integrations.provider_api.outbound import Outbound

# The name under which an invoice's mapping notes what the provider asked for when it was last looked at.
REMAINING = "amount_remaining"
# The name under which it notes whether the provider asks the customer for the invoice, True or False.
ASKS = "asks"
# The name under which it notes that the provider counts no part payment of it, only one of all that remains.
WHOLE_ONLY = "whole_only"
# The name under which it notes that the next push has to look first: something may have become of it there.
UNSEEN = "unseen"


@dataclass(frozen=True)
class HostedPage:
    """A page of the provider, opened for one customer: its URL, and the provider's id of the session."""

    session_id: str
    url: str


@dataclass(frozen=True)
class InvoiceThere:
    """The provider's counterpart of an invoice, as a look has just shown it in ``answer``.

    ``amount_remaining``: what it still asks for (major units). ``payment_id``: the payment of its own through
    which its page, its automatic collection and a charge would all take the money, "" where there is none.
    ``customer_id``: whose invoice it is there, "" where the provider does not say.
    """

    id: str
    answer: Json
    amount_remaining: Decimal
    payment_id: str = ""
    customer_id: str = ""


class OpenCheckout(Protocol):
    """Opens the page on which the customer pays the payment's amount, with its ``checkout_options``."""

    def __call__(
        self, outbound: Outbound, /, *, payment_id: str, success_url: str, cancel_url: str
    ) -> HostedPage: ...


class LookAtInvoice(Protocol):
    """Reads the invoice at the provider, None where it is not; ``hold`` stops its automatic collection."""

    def __call__(
        self, outbound: Outbound, /, *, invoice_id: str, hold: bool = True
    ) -> InvoiceThere | None: ...


class CloseAttempt(Protocol):
    """Ends at the provider what may still take money for the payment, and observes what became of it."""

    def __call__(self, outbound: Outbound, /, *, payment_id: str) -> None: ...


@dataclass(frozen=True)
class Payments:
    """``open_checkout``: None where the provider has no such page.

    ``charges_saved_methods``: whether the push of a payment does what billing's off-session payments ask for.
    ``refund``: sends the refunds of the payment that no gateway has confirmed, None where it gives none.
    ``owes_credit``(connection, payment): whether refunds that FlexSync did not make have left credit to be
    taken back there, or have failed; ``refund`` does so.
    ``look_at_invoice``: called before money is asked for; None where the provider has no counterparts of
    invoices. ``close``: None where nothing can be closed.
    """

    open_checkout: OpenCheckout | None = None
    charges_saved_methods: bool = False
    refund: Callable[[Outbound], None] | None = None
    owes_credit: Callable[[str, str], bool] = lambda _connection_id, _payment_id: False
    look_at_invoice: LookAtInvoice | None = None
    close: CloseAttempt | None = None
