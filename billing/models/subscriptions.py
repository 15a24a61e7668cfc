"""Subscriptions: who has agreed to pay for what, again and again."""

from django.db import models
from django.db.models import F, Q

from billing.models.base import (
    Audited,
    EditedRow,
    currency_field,
    id_field,
    listed_by_change,
    listed_by_metadata,
    listed_by_rare,
    quantity_field,
)
from billing.models.choices import WordedChoices
from billing.models.collection import CollectionMethod
from billing.models.customers import Customer
from billing.models.plans import Price
from billing.state_changes import StateChanges


class SubscriptionStatus(WordedChoices):
    DRAFT = "draft"
    INCOMPLETE = "incomplete"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    CANCELLED = "cancelled"


LIVE = tuple(state.value for state in SubscriptionStatus if state != SubscriptionStatus.CANCELLED)


class Subscription(EditedRow):
    """A customer's agreement; what is paid for is in its items."""

    state_changes = StateChanges("status", {(LIVE, "cancelled"): "cancel"}, among=frozenset(LIVE))

    id = id_field("subs")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="subscriptions")
    status = models.CharField(
        max_length=12, choices=SubscriptionStatus.choices, default=SubscriptionStatus.ACTIVE
    )
    currency = currency_field()
    collection_method = models.CharField(
        max_length=20, choices=CollectionMethod.choices, default=CollectionMethod.CHARGE_AUTOMATICALLY
    )
    # How many days after it is sent each of its invoices is due.
    days_until_due = models.PositiveIntegerField(null=True, blank=True)
    start_at = models.DateTimeField(null=True, blank=True)
    billing_anchor = models.DateTimeField(null=True, blank=True)
    trial_start = models.DateTimeField(null=True, blank=True)
    trial_end = models.DateTimeField(null=True, blank=True)
    cancel_at = models.DateTimeField(null=True, blank=True)
    cancel_at_period_end = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=SubscriptionStatus.CANCELLED) | Q(cancelled_at__isnull=False),
                name="subscription_cancelled_at",
            ),
            models.CheckConstraint(
                condition=Q(collection_method=CollectionMethod.SEND_INVOICE, days_until_due__isnull=False)
                | ~Q(collection_method=CollectionMethod.SEND_INVOICE) & Q(days_until_due__isnull=True),
                name="subscription_days_until_due",
            ),
            models.UniqueConstraint(fields=["id", "environment"], name="subscription_of_environment"),
        ]
        indexes = [
            models.Index(fields=["environment", "-created_at"]),
            listed_by_change("subscription_changed"),
            listed_by_metadata("subscription_metadata"),
            listed_by_rare("status", ~Q(status=SubscriptionStatus.ACTIVE), "subscription_not_active"),
        ]

    def __str__(self) -> str:
        return self.id

    @classmethod
    def is_edited(cls, name: str) -> bool:
        """Whether both sides may change the field: the others are decided by who bills it."""
        return name not in ("status", "currency", "start_at", "billing_anchor", "trial_start", "cancelled_at")


class SubscriptionItem(Audited):
    """One price of a subscription, with its own quantity and period."""

    unaudited = Audited.unaudited | {"subscription_id", "position"}

    id = id_field("subs_line")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="items")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="subscription_items")
    quantity = quantity_field()
    current_period_start = models.DateTimeField(null=True, blank=True)
    current_period_end = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="subscription_item_not_negative"),
            models.CheckConstraint(
                condition=Q(current_period_end__isnull=True)
                | Q(current_period_start__isnull=True)
                | Q(current_period_end__gte=F("current_period_start")),
                name="subscription_item_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity.normalize():f} x {self.price}"
