"""Deliveries of events to endpoints, and each attempt at one."""

from django.db import models
from django.db.models import Q

from billing.models.base import IdField
from billing.models.choices import WordedChoices
from billing.state_changes import StateChanges
from integrations.models.webhook_endpoints import WebhookEndpoint
from integrations.models.webhook_events import WebhookEvent


class DeliveryState(WordedChoices):
    """Failed: given up after the last attempt; it may be sent again by hand."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


PENDING = Q(state=DeliveryState.PENDING)


class WebhookDelivery(models.Model):
    """One event that one endpoint is to get.

    ``position``, ``object_id``: the event's; of one object the pending one of the smallest position goes
    first. ``attempts``: since it was last queued.
    """

    state_changes = StateChanges(
        "state",
        {
            ((), "pending"): "an event is published",
            (("pending",), "delivered"): "",
            (("pending",), "failed"): "tried often enough",
            (("delivered", "failed"), "pending"): "send again",
        },
    )

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    position = models.BigIntegerField()
    object_id = IdField(max_length=40)
    state = models.CharField(max_length=9, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.CharField(max_length=500, blank=True, default="")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        ordering = ["-position"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once"),
        ]
        indexes = [
            models.Index(fields=["endpoint", "-position"], name="webhook_delivery_of_endpoint"),
            models.Index(fields=["endpoint", "position"], condition=PENDING, name="webhook_delivery_pending"),
            models.Index(
                fields=["endpoint", "object_id", "position"],
                condition=PENDING,
                name="webhook_delivery_object",
            ),
            models.Index(
                fields=["endpoint", "next_attempt_at"], condition=PENDING, name="webhook_delivery_due"
            ),
            # What lists of those that were given up read.
            models.Index(
                fields=["endpoint", "-position"],
                condition=Q(state=DeliveryState.FAILED),
                name="webhook_delivery_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.endpoint_id}"


class WebhookAttempt(models.Model):
    """One request; ``status``: of the answer, None where none came. ``response``: its first 2 KB."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts_made")
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True, default="")
    response = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.status or self.error} at {self.started_at:%Y-%m-%d %H:%M:%S}"
