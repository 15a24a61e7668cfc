"""Refunds as JSON."""

from typing import Any

from rest_framework import serializers

from billing.api.fields import MoneyOutput
from billing.models import Refund


class RefundSerializer(serializers.ModelSerializer[Any]):
    """Money of a payment that goes back."""

    amount = MoneyOutput()

    class Meta:
        model = Refund
        fields = (
            "id", "version", "payment_id", "credit_note_id", "amount", "currency", "status", "reason", "note", "gateway_refund_id",
            "failure_reason", "is_external", "started_by", "created_at", "updated_at", "settled_at",
        )  # fmt: skip
        read_only_fields = fields
