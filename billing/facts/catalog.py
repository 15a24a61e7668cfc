"""What is sold: plans and prices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from billing.facts.base import ZERO, Metadata


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

    ``package_rounding``: whether a started package counts in full ("up") or not at all ("down").

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
    package_rounding: str = "up"
    currency_options: Mapping[str, Decimal] = field(default_factory=dict)
    description: str = ""
    lookup_key: str = ""
    metadata: Metadata = field(default_factory=dict)

    @property
    def terms(self) -> "PriceTerms":
        """What never changes of it: another amount is another price."""
        return PriceTerms(*(getattr(self, name) for name in PriceTerms._fields))


class PriceTerms(NamedTuple):
    """What a price asks for; see PriceFacts."""

    currency: str
    unit_amount: Decimal
    billing_period: str
    billing_period_count: int
    billing_model: str
    usage_type: str
    tier_mode: str
    tiers: tuple[TierFacts, ...]
    package_size: int
    package_rounding: str
