"""Who is subscribed to what."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from billing.facts.base import Metadata


@dataclass(frozen=True)
class SubscriptionItemFacts:
    """One price of a subscription, with the period that it is in."""

    price_id: str
    quantity: Decimal = Decimal(1)
    current_period_start: datetime | None = None
    current_period_end: datetime | None = None
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True)
class SubscriptionFacts:
    """Who is subscribed to what. ``status``: see models.subscriptions.

    ``days_until_due``: with collection_method send_invoice, and only then.
    """

    customer_id: str
    currency: str
    items: tuple[SubscriptionItemFacts, ...]
    status: str = "active"
    collection_method: str = "charge_automatically"
    days_until_due: int | None = None
    start_at: datetime | None = None
    billing_anchor: datetime | None = None
    trial_start: datetime | None = None
    trial_end: datetime | None = None
    cancel_at: datetime | None = None
    cancel_at_period_end: bool = False
    cancelled_at: datetime | None = None
    metadata: Metadata = field(default_factory=dict)
