"""Subscriptions and their items as JSON."""

from typing import Any

from rest_framework import serializers

from billing.api.fields import METADATA, CurrencyInput, ExactInput, IdInput, MetadataInput, NumberOutput
from billing.api.serializers.base import ALWAYS, Output
from billing.api.strict import StrictInput, StrictModelInput
from billing.facts import SubscriptionItemFacts
from billing.models import Subscription, SubscriptionItem
from billing.models.subscriptions import SubscriptionStatus
from billing.services.subscriptions.items import MOST_ITEMS

COLLECTION = ("collection_method", "days_until_due")
TIMES = ("start_at", "billing_anchor", "trial_start", "trial_end", "cancel_at", "cancel_at_period_end")
# Cancelling is a call of its own.
SETTABLE = [choice for choice in SubscriptionStatus.choices if choice[0] != SubscriptionStatus.CANCELLED]


class SubscriptionItemSerializer(serializers.ModelSerializer[SubscriptionItem]):
    """One price of a subscription."""

    quantity = NumberOutput()
    metadata = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = SubscriptionItem
        fields = ("id", "price_id", "quantity", "current_period_start", "current_period_end", "metadata")
        read_only_fields = fields


class SubscriptionSerializer(Output):
    """Who has agreed to pay for what."""

    items = SubscriptionItemSerializer(many=True, read_only=True)

    class Meta:
        model = Subscription
        fields = (*ALWAYS, "customer_id", "currency", "items", "status", *COLLECTION, *TIMES, "cancelled_at")
        read_only_fields = fields


class ItemChanges(StrictModelInput):
    """What changes of one item."""

    example = {"quantity": "4"}

    quantity = ExactInput(required=False, help_text="0 or more, at most 12 decimals.")
    metadata = MetadataInput(required=False)

    class Meta:
        model = SubscriptionItem
        fields: tuple[str, ...] = ("quantity", "current_period_start", "current_period_end", "metadata")


class SubscriptionItemInput(ItemChanges):
    """One price to subscribe to."""

    example = {"price_id": "price_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D", "quantity": "3"}

    price_id = IdInput()

    class Meta(ItemChanges.Meta):
        fields = ("price_id", *ItemChanges.Meta.fields)

    def to_internal_value(self, data: Any) -> SubscriptionItemFacts:
        """The item's facts."""
        return SubscriptionItemFacts(**super().to_internal_value(data))


class SubscriptionInput(StrictModelInput):
    """The fields of a subscription that a caller may send; ``items`` replaces all items."""

    example = {
        "customer_id": "cust_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D",
        "currency": "EUR",
        "items": [{"price_id": "price_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D", "quantity": "3"}],
    }

    customer_id = IdInput()
    currency = CurrencyInput()
    items: Any = serializers.ListSerializer(
        child=SubscriptionItemInput(), min_length=1, max_length=MOST_ITEMS
    )
    status = serializers.ChoiceField(SETTABLE, required=False)
    metadata = MetadataInput(required=False, help_text=METADATA)

    class Meta:
        model = Subscription
        fields = ("customer_id", "currency", "items", "status", *COLLECTION, *TIMES, "metadata")

    def validate_items(self, items: list[SubscriptionItemFacts]) -> tuple[SubscriptionItemFacts, ...]:
        """As facts hold them."""
        return tuple(items)


class CancelInput(StrictInput):
    """When to cancel."""

    example = {"at_period_end": True}

    at_period_end = serializers.BooleanField(default=False, help_text="When the last period ends, not now.")
