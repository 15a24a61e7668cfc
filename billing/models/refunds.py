"""Refunds: money of one payment that goes back."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from billing import money
from billing.models.base import (
    Row,
    amount_field,
    by_prefix,
    currency_field,
    id_field,
    listed_by_change,
    text_field,
)
from billing.models.choices import WordedChoices
from billing.models.credit_notes import CreditNote
from billing.models.payments import Payment
from billing.state_changes import StateChanges


class RefundState(WordedChoices):
    """Pending: requested, or on its way.

    Only a refund that failed or was cancelled can be requested again.
    """

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundReason(WordedChoices):
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    REQUESTED_BY_CUSTOMER = "requested_by_customer"


class Refund(Row):
    """One amount (major units) that goes back. ``is_external``: it began at the gateway, not here."""

    unaudited = Row.unaudited | {"idempotency_key"}
    state_changes = StateChanges(
        "status",
        {
            ((), "pending"): "refund",
            (("pending",), "succeeded"): "",
            (("pending", "succeeded"), "failed"): "the gateway could not",
            (("pending", "succeeded"), "cancelled"): "",
        },
    )

    id = id_field("rfnd")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    # The credit note that it carries out, which is issued once the gateway has the refund.
    credit_note = models.ForeignKey(
        CreditNote, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    amount = amount_field()
    currency = currency_field()
    status = models.CharField(max_length=9, choices=RefundState.choices, default=RefundState.PENDING)
    # A gateway may know more reasons than a caller may send.
    reason = text_field()
    note = models.TextField(blank=True, default="")
    gateway_refund_id = models.CharField(max_length=255, blank=True, default="")
    failure_reason = models.TextField(blank=True, default="")
    is_external = models.BooleanField(default=False)
    # The caller's, so that a repeated request makes one refund.
    idempotency_key = models.CharField(max_length=255, blank=True, default="")
    started_by = models.CharField(max_length=150, blank=True, default="")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount"),
            models.UniqueConstraint(
                fields=["environment", "gateway_refund_id"],
                condition=~Q(gateway_refund_id=""),
                name="refund_gateway_refund_once",
                opclasses=by_prefix(2),
            ),
            models.UniqueConstraint(
                fields=["environment", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="refund_idempotency_key_once",
                opclasses=by_prefix(2),
            ),
        ]
        # What lists read; and statistics: what changed lately (no cost to updates), what went back per hour.
        indexes = [
            models.Index(fields=["environment", "-created_at"], name="refund_of_environment"),
            listed_by_change("refund_listed_by_change"),
            BrinIndex(fields=["updated_at"], autosummarize=True, name="refund_changed"),
            models.Index(fields=["settled_at"], condition=Q(settled_at__isnull=False), name="refund_settled"),
        ]

    def __str__(self) -> str:
        return f"{money.with_currency(self.amount, self.currency)} {self.status}"
