"""Disputes as JSON."""

from typing import Any

from rest_framework import serializers

from billing.api.fields import MoneyOutput
from billing.models import Dispute


class DisputeSerializer(serializers.ModelSerializer[Any]):
    """Money of a payment that its payer's bank wants back."""

    amount = MoneyOutput()

    class Meta:
        model = Dispute
        fields = (
            "id", "payment_id", "amount", "currency", "status", "reason", "gateway_dispute_id", "respond_by",
            "created_at", "closed_at",
        )  # fmt: skip
        read_only_fields = fields
