"""Money that is to come, came, or did not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from billing.facts.base import ZERO, Metadata


@dataclass(frozen=True)
class PaymentFacts:
    """Money that is to come, came, or did not.

    ``status``: see models.payments; ``gateway``: a provider's slug; ``connection_id``: the connection that
    it comes through. ``customer_id``: None for a guest's. ``amount_is_fixed``: no other is charged, because a
    person has confirmed this one.
    """

    customer_id: str | None
    amount: Decimal
    currency: str
    invoice_id: str | None = None
    status: str = "pending"
    method: str = ""
    gateway: str = ""
    connection_id: str = ""
    gateway_payment_id: str = ""
    gateway_session_id: str = ""
    gateway_charge_id: str = ""
    checkout_options: Mapping[str, str | bool] = field(default_factory=dict)
    checkout_expires_at: datetime | None = None
    off_session: bool = False
    amount_is_fixed: bool = False
    gateway_method_id: str = ""
    next_action: Metadata = field(default_factory=dict)
    failure_code: str = ""
    failure_message: str = ""
    is_external: bool = False
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True)
class PaymentEvidence:
    """What a gateway reports of a payment. Amounts in major units; "", 0 and None mean unknown.

    ``amount`` counts until the money is received, and after that only if ``amount_is_exact``: it is all that
    the payment brought, not the part that one invoice got. ``amount_refunded`` only grows; None with the
    status "refunded" means all of it. ``next_action`` counts while the status is "requires_action".
    ``is_open``: whether the gateway may still take money for it, None where it does not say.
    ``happened_at``: when the money moved, None where that is not said. ``metadata``: of a payment that began
    at the gateway; what is known here of a name stays.
    """

    status: str
    amount: Decimal = ZERO
    amount_is_exact: bool = False
    amount_refunded: Decimal | None = None
    gateway_payment_id: str = ""
    gateway_session_id: str = ""
    gateway_charge_id: str = ""
    gateway_method_id: str = ""
    checkout_url: str = ""
    method: str = ""
    failure_code: str = ""
    failure_message: str = ""
    next_action: Metadata = field(default_factory=dict)
    is_open: bool | None = None
    happened_at: datetime | None = None
    metadata: Metadata = field(default_factory=dict)
