"""Plans and their prices: what is sold, and for how much."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q

from billing import money, texts
from billing.models.base import (
    EditedRow,
    Status,
    by_prefix,
    currency_field,
    id_field,
    text_field,
    unit_amount_field,
)
from billing.models.choices import WordedChoices


class Plan(EditedRow):
    """What is sold."""

    id = id_field("plan")
    name = models.CharField(max_length=texts.LONGEST)
    description = models.TextField(blank=True, default="")
    lookup_key = models.CharField(max_length=texts.LONGEST_KEY, blank=True, default="")
    metadata = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "lookup_key"],
                condition=Q(status=Status.ACTIVE) & ~Q(lookup_key=""),
                name="plan_lookup_key_once",
                opclasses=by_prefix(2),
            ),
            models.UniqueConstraint(fields=["id", "environment"], name="plan_of_environment"),
        ]
        indexes = [
            models.Index(fields=["environment", "-created_at"]),
            GinIndex(SearchVector("name", config="simple"), name="plan_name_words"),
        ]

    def __str__(self) -> str:
        return self.name


class BillingPeriod(WordedChoices):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    HALF_YEARLY = "HALF_YEARLY"
    ANNUAL = "ANNUAL"
    ONETIME = "ONETIME"


class BillingModel(WordedChoices):
    """How a quantity becomes an amount: per unit, per package, or by tiers."""

    FLAT = "flat"
    PACKAGE = "package"
    TIERED = "tiered"


class PackageRounding(WordedChoices):
    """Whether a started package counts in full, or not at all."""

    UP = "up"
    DOWN = "down"


class UsageType(WordedChoices):
    LICENSED = "licensed"
    METERED = "metered"


class TierMode(WordedChoices):
    """Graduated: each unit costs what its tier says. Volume: all units cost what the last tier says."""

    GRADUATED = "graduated"
    VOLUME = "volume"


class Price(EditedRow):
    """What a plan costs, in major units.

    ``tiers``: [{"up_to": int|null, "unit_amount": str, "flat_amount": str}].

    ``currency_options``: what it costs in other currencies, {"EUR": {"unit_amount": str}}, as its gateway
    says.
    """

    id = id_field("price")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="prices")
    unit_amount = unit_amount_field()
    currency = currency_field()
    billing_period = models.CharField(
        max_length=12, choices=BillingPeriod.choices, default=BillingPeriod.MONTHLY
    )
    billing_period_count = models.PositiveSmallIntegerField(default=1)
    billing_model = models.CharField(max_length=10, choices=BillingModel.choices, default=BillingModel.FLAT)
    usage_type = models.CharField(max_length=10, choices=UsageType.choices, default=UsageType.LICENSED)
    tier_mode = models.CharField(max_length=10, choices=TierMode.choices, blank=True, default="")
    tiers = models.JSONField(default=list, blank=True)
    currency_options = models.JSONField(default=dict, blank=True, editable=False)
    package_size = models.PositiveIntegerField(default=1)
    package_rounding = models.CharField(
        max_length=4, choices=PackageRounding.choices, default=PackageRounding.UP
    )
    description = text_field()
    lookup_key = models.CharField(max_length=texts.LONGEST_KEY, blank=True, default="")
    metadata = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(unit_amount__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(billing_period_count__gte=1) & Q(package_size__gte=1),
                name="price_counts_positive",
            ),
            models.CheckConstraint(
                condition=Q(billing_model=BillingModel.TIERED) & ~Q(tiers=[]) & ~Q(tier_mode="")
                | ~Q(billing_model=BillingModel.TIERED) & Q(tiers=[]) & Q(tier_mode=""),
                name="price_tiers_when_tiered",
            ),
            models.UniqueConstraint(
                fields=["environment", "lookup_key"],
                condition=Q(status=Status.ACTIVE) & ~Q(lookup_key=""),
                name="price_lookup_key_once",
                opclasses=by_prefix(2),
            ),
            models.UniqueConstraint(fields=["id", "environment"], name="price_of_environment"),
        ]
        indexes = [models.Index(fields=["environment", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.plan} {money.unit_text(self.unit_amount, self.currency)} {self.currency} {self.billing_period}"
