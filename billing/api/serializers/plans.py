"""Plans and prices as JSON."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing import money
from billing.api.fields import (
    METADATA,
    CurrencyInput,
    ExactInput,
    IdInput,
    MetadataInput,
    PartsInput,
    UnitAmountOutput,
)
from billing.api.serializers.base import ALWAYS, Output
from billing.api.strict import StrictInput, StrictModelInput
from billing.models import Plan, Price
from billing.models.plans import TierMode
from billing.services.catalog import tiers

PERIOD = (
    "billing_period",
    "billing_period_count",
    "billing_model",
    "usage_type",
    "tier_mode",
    "package_size",
    "package_rounding",
)


COUNT = {"min_value": 1, "error_messages": {"min_value": "Send 1 or more."}}


class PlanSerializer(Output):
    """What is sold."""

    class Meta:
        model = Plan
        fields = (*ALWAYS, "name", "description", "lookup_key", "status")
        read_only_fields = fields


class PlanInput(StrictModelInput):
    """The fields of a plan that a caller may send."""

    example = {"name": "Growth", "description": "For teams that grow", "lookup_key": "growth"}

    metadata = MetadataInput(required=False, help_text=METADATA)

    class Meta:
        model = Plan
        fields = ("name", "description", "lookup_key", "metadata")


class TierSerializer(serializers.Serializer[Any]):
    """One tier, as responses show it."""

    up_to = serializers.IntegerField(allow_null=True, help_text="The last unit of this tier; null: no end.")
    unit_amount = serializers.CharField()
    flat_amount = serializers.CharField()


class PriceSerializer(Output):
    """What a plan costs."""

    unit_amount = UnitAmountOutput()
    tier_mode = serializers.ChoiceField(["", *TierMode.values], read_only=True)
    tiers = serializers.SerializerMethodField()
    currency_options = serializers.SerializerMethodField(
        help_text="What it costs in other currencies, as its gateway reports: unit_amount by currency."
    )

    class Meta:
        model = Price
        fields = (
            *ALWAYS, "plan_id", "currency", "unit_amount", *PERIOD, "tiers", "currency_options", "description",
            "lookup_key", "status",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(TierSerializer(many=True))
    def get_tiers(self, price: Price) -> list[dict[str, Any]]:
        """The tiers, amounts written as unit_amount is."""
        return [
            {
                "up_to": tier["up_to"],
                "unit_amount": money.unit_text(Decimal(tier["unit_amount"]), price.currency),
                "flat_amount": money.unit_text(Decimal(tier["flat_amount"]), price.currency),
            }
            for tier in price.tiers
        ]

    def get_currency_options(self, price: Price) -> dict[str, dict[str, str]]:
        """Amounts written as each currency's are."""
        return {
            code: {"unit_amount": money.unit_text(Decimal(option["unit_amount"]), code)}
            for code, option in price.currency_options.items()
        }


class TierInput(StrictInput):
    """One tier of a price."""

    up_to = serializers.IntegerField(
        min_value=1,
        max_value=tiers.MOST_UNITS,
        allow_null=True,
        help_text="The last unit of this tier; null: no end.",
    )
    unit_amount = ExactInput(required=False)
    flat_amount = ExactInput(required=False)


@extend_schema_field(serializers.ListSerializer(child=TierInput(), max_length=tiers.MOST))
class TiersInput(PartsInput):
    """The tiers of a price."""

    read = staticmethod(tiers.parse)


class PriceInput(StrictModelInput):
    """The fields of a price that a caller may send.

    Later only description, lookup_key and metadata change.
    """

    example = {
        "plan_id": "plan_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D",
        "currency": "EUR",
        "unit_amount": "249.00",
        "billing_period": "MONTHLY",
    }

    plan_id = IdInput()
    currency = CurrencyInput()
    unit_amount = ExactInput(required=False, help_text="Major units, 0 or more, at most 15 decimals.")
    tiers = TiersInput(required=False)
    metadata = MetadataInput(required=False, help_text=METADATA)

    class Meta:
        model = Price
        fields = (
            "plan_id", "currency", "unit_amount", *PERIOD, "tiers", "description", "lookup_key", "metadata",
        )  # fmt: skip
        extra_kwargs = dict.fromkeys(("billing_period_count", "package_size"), COUNT)
