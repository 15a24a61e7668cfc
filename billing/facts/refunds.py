"""Money that goes back, or is taken: what a gateway reports of refunds and disputes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class RefundFacts:
    """What a gateway reports of one refund.

    ``refund_id`` is FlexSync's, "" for a refund that began at the gateway.
    """

    gateway_refund_id: str
    amount: Decimal
    status: str
    refund_id: str = ""
    reason: str = ""
    failure_reason: str = ""


@dataclass(frozen=True)
class DisputeFacts:
    """What a gateway reports of one dispute. ``status``: see models.disputes; ``amount`` in major units.

    ``currency`` "" is the payment's. ``withdrawn``: what the gateway took for it, by currency, if it says so.
    """

    gateway_dispute_id: str
    amount: Decimal
    status: str
    currency: str = ""
    withdrawn: Mapping[str, Decimal] = field(default_factory=dict)
    reason: str = ""
    respond_by: datetime | None = None
    opened_at: datetime | None = None
