"""A customer, and the movements of the balance that a gateway keeps for it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from billing.facts.base import Metadata


@dataclass(frozen=True)
class TaxIdFacts:
    """A customer's number at a tax office. ``type`` names the kind, such as "eu_vat"."""

    type: str
    value: str


@dataclass(frozen=True)
class CustomerFacts:
    """A customer. ``external_id`` is the integrator's own id; ``address_country`` is ISO 3166 alpha-2.

    ``preferred_locale`` is an IETF language tag such as "fr" or "pt-BR". ``connection_id``: the connection
    that collects the customer's invoices, "" where the connections' rules choose.
    """

    external_id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    address_line1: str = ""
    address_line2: str = ""
    address_city: str = ""
    address_state: str = ""
    address_postal_code: str = ""
    address_country: str = ""
    currency: str = ""
    preferred_locale: str = ""
    tax_ids: tuple[TaxIdFacts, ...] = ()
    connection_id: str = ""
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True)
class BalanceTransactionFacts:
    """One movement of the balance that a gateway keeps for a customer (major units).

    ``amount``: negative for credit, positive for debt; ``ending_balance``: the balance after it.
    """

    gateway_transaction_id: str
    amount: Decimal
    ending_balance: Decimal
    currency: str
    type: str
    happened_at: datetime
    invoice_id: str | None = None
    credit_note_id: str | None = None
    description: str = ""
