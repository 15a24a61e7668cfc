"""The data that services take and return: plain frozen records, amounts in major units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

Metadata = Mapping[str, str]
ZERO = Decimal(0)


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
class PlanFacts:
    """A plan: what is sold. ``lookup_key`` is the integrator's own name for it."""

    name: str
    description: str = ""
    lookup_key: str = ""
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True)
class TierFacts:
    """One tier: applies to units up to and including ``up_to`` (None: without end)."""

    up_to: int | None
    unit_amount: Decimal = ZERO
    flat_amount: Decimal = ZERO


@dataclass(frozen=True)
class PriceFacts:
    """What one plan costs. ``billing_period``, ``billing_model``, ``usage_type``, ``tier_mode``: see
    models.plans.

    ``currency_options``: its amount per unit (major units) in other currencies, by their codes.
    """

    plan_id: str
    currency: str
    unit_amount: Decimal = ZERO
    billing_period: str = "MONTHLY"
    billing_period_count: int = 1
    billing_model: str = "flat"
    usage_type: str = "licensed"
    tier_mode: str = ""
    tiers: tuple[TierFacts, ...] = ()
    package_size: int = 1
    currency_options: Mapping[str, Decimal] = field(default_factory=dict)
    description: str = ""
    lookup_key: str = ""
    metadata: Metadata = field(default_factory=dict)


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
    """Who is subscribed to what. ``status``: see models.subscriptions."""

    customer_id: str
    currency: str
    items: tuple[SubscriptionItemFacts, ...]
    status: str = "active"
    start_at: datetime | None = None
    billing_anchor: datetime | None = None
    trial_start: datetime | None = None
    trial_end: datetime | None = None
    cancel_at: datetime | None = None
    cancel_at_period_end: bool = False
    cancelled_at: datetime | None = None
    metadata: Metadata = field(default_factory=dict)


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


@dataclass(frozen=True)
class PaymentFacts:
    """Money that is to come, came, or did not.

    ``status``: see models.payments; ``gateway``: a provider's slug; ``connection_id``: the connection that
    it comes through.
    """

    customer_id: str
    amount: Decimal
    currency: str
    invoice_id: str | None = None
    status: str = "pending"
    method: str = ""
    gateway: str = ""
    connection_id: str = ""
    gateway_payment_id: str = ""
    gateway_session_id: str = ""
    checkout_options: Mapping[str, str | bool] = field(default_factory=dict)
    checkout_expires_at: datetime | None = None
    off_session: bool = False
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
    """

    status: str
    amount: Decimal = ZERO
    amount_is_exact: bool = False
    amount_refunded: Decimal | None = None
    gateway_payment_id: str = ""
    gateway_session_id: str = ""
    gateway_method_id: str = ""
    checkout_url: str = ""
    method: str = ""
    failure_code: str = ""
    failure_message: str = ""
    next_action: Metadata = field(default_factory=dict)
    is_open: bool | None = None


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
