"""What one customer owes, and how its collection goes."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from billing.facts.base import ZERO, Metadata


@dataclass(frozen=True)
class LineFacts:
    """One line. ``amount`` = quantity x unit_amount, rounded.

    ``discount`` and ``tax`` are amounts of this line.

    What the customer owes for it is amount - discount + tax. ``id`` is empty until the line is stored.
    """

    description: str
    quantity: Decimal = Decimal(1)
    unit_amount: Decimal = ZERO
    amount: Decimal = ZERO
    discount: Decimal = ZERO
    tax: Decimal = ZERO
    tax_name: str = ""
    tax_percentage: Decimal | None = None
    period_start: datetime | None = None
    period_end: datetime | None = None
    price_id: str | None = None
    metadata: Metadata = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True)
class InvoiceFacts:
    """What one customer owes. Totals are derived from ``lines``, never given.

    ``connection_id``: the connection that collects it, "" until one is named or chosen.
    """

    customer_id: str
    currency: str
    lines: tuple[LineFacts, ...]
    description: str = ""
    footer: str = ""
    number: str = ""
    collection_method: str = "charge_automatically"
    due_date: datetime | None = None
    period_start: datetime | None = None
    period_end: datetime | None = None
    subscription_id: str | None = None
    connection_id: str = ""
    is_external: bool = False
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True)
class CollectionFacts:
    """How a gateway's collection of an invoice goes; ``next_attempt_at`` None: it makes no further attempt.

    ``failure_code`` with ``failure_message``: None when it does not say.
    """

    attempt_count: int
    next_attempt_at: datetime | None = None
    failure_code: str | None = None
    failure_message: str | None = None
